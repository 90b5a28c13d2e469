#!/bin/sh
# Prints the exports of a shell in which `dagger call …` can be typed: eval "$(make -s env)".
set -eu
# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"
if has_docker && has_dagger; then
  echo "# docker and dagger answer already: nothing to export"
else
  reason=$("$root/lab/can.sh" 2>&1) || missing "$reason"
  "$root/lab/env.sh"
fi
