#!/bin/sh
# Stops what `make up` started, and nothing else. Databases, images and releases stay.
set -eu
# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"
if ! has_docker && in_lab; then eval "$("$root/lab/env.sh")"; fi
if has_docker; then
  # flylocal first: it restarts machines that stop.
  docker stop "$name" >/dev/null 2>&1 || true
  ids=$(ours container)
  # shellcheck disable=SC2086 # a list of ids
  if [ -n "$ids" ]; then docker stop $ids >/dev/null; fi
  say "flylocal: stopped, its state is kept"
fi
# The lab is shared by every flylocal of this machine: PIPELINE_KEEP_LAB=1 leaves it up.
if [ -z "${PIPELINE_KEEP_LAB:-}" ] && had_lab; then "$root/lab/down.sh"; fi
