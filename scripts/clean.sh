#!/bin/sh
# Stops what `make up` started and removes its state: databases, images, releases, token, secrets.
set -eu
# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"
if ! has_docker && in_lab; then eval "$("$root/lab/env.sh")"; fi
if has_docker; then
  docker rm -f "$name" >/dev/null 2>&1 || true
  for kind in container volume network; do
    ids=$(ours "$kind")
    # shellcheck disable=SC2086 # a list of ids
    if [ -n "$ids" ]; then
      case $kind in
        container) docker rm -f -v $ids ;;
        *) docker "$kind" rm $ids ;;
      esac >/dev/null
    fi
  done
  docker image rm "flylocal:$port" >/dev/null 2>&1 || true
  prune_replaced
  # The images of its registry, by repository: another flylocal may have the same image under a name of its own.
  images=$(docker image ls --digests --filter "reference=localhost:$port/*" --format '{{.Repository}}@{{.Digest}}')
  # shellcheck disable=SC2086 # a list of images
  if [ -n "$images" ]; then docker image rm $images >/dev/null 2>&1 || true; fi
fi
rm -rf "$state"
# Only the .env that `make up` wrote for this flylocal is removed.
if [ -f "$root/.env" ] && grep -q "written by .make up." "$root/.env" && grep -q "tcp://127.0.0.1:$port\$" "$root/.env"; then rm "$root/.env"; fi
say "flylocal: removed with its state"
# The lab is shared by every flylocal of this machine: PIPELINE_KEEP_LAB=1 leaves it up.
if [ -z "${PIPELINE_KEEP_LAB:-}" ] && had_lab; then "$root/lab/clean.sh"; fi
