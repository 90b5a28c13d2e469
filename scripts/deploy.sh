#!/bin/sh
# The main job on a Fly that runs here: every stage set up, the first deployed, the others by promotion.
set -eu
# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"
cd "$root"
machine
"$root/scripts/up.sh"

stages=$(sed -n '/^\[\[stage\]\]/,/^name/s/^name *= *"\(.*\)".*/\1/p' pipeline.toml)
seconds=
timed() { # what, then a call
  what=$1; shift
  start=$(date +%s)
  call "$@"
  seconds="$seconds, $what $(($(date +%s) - start))"
}
for stage in $stages; do
  timed "setup $stage" setup --env "$stage" --apply --secrets "file://$secrets"
done
from=
for stage in $stages; do
  if [ -z "$from" ]; then
    timed "deploy $stage" deploy --env "$stage" --secrets "file://$secrets"
  else
    timed "promote to $stage" promote --from "$from" --to "$stage" --secrets "file://$secrets"
  fi
  from=$stage
done
call status
say "seconds: ${seconds#, }"
