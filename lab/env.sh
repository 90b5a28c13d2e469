#!/usr/bin/env bash
# Prints the environment of a shell that works in the lab:  eval "$(lab/env.sh)"
. "$(dirname "$0")/lib/lab.sh"

[ -e "$PIPELINE_LAB/env" ] || fail "the lab is not up; run lab/up.sh"
cat "$PIPELINE_LAB/env"
