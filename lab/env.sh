#!/usr/bin/env bash
# Prints what a shell needs to work in the lab:  eval "$(lab/env.sh)"
. "$(dirname "$0")/lib/lab.sh"

[ -e "$PIPELINE_LAB/env" ] || fail "the lab is not up; run lab/up.sh"
cat "$PIPELINE_LAB/env"
