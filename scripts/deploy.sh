#!/bin/sh
# The main job on flylocal: sets up every environment, deploys to the first, promotes to the others.
set -eu
# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"
cd "$root"
machine
"$root/scripts/up.sh"

stages=$(sed -n '/^\[\[stage\]\]/,/^name/s/^name *= *"\(.*\)".*/\1/p' pipeline.toml)
seconds=
measure() { # name of the step, usual time, function and arguments
  what=$1; shift
  start=$(date +%s)
  call "$@"
  seconds="$seconds, $what $(($(date +%s) - start))"
}
for stage in $stages; do
  measure "setup $stage" "5 s, the first one 1 minute" setup --env "$stage" --apply
done
from=
for stage in $stages; do
  if [ -z "$from" ]; then
    measure "deploy $stage" "20 s, 5 minutes when nothing is cached" deploy --env "$stage"
  else
    measure "promote to $stage" "10 s" promote --from "$from" --to "$stage"
  fi
  from=$stage
done
call "5 s" status
say "seconds: ${seconds#, }"
