#!/usr/bin/env bash
# Stops what up.sh started: the engine, the shelf, and the Docker daemon if it is ours and nobody else uses it.
# Nothing is lost; the next up.sh takes seconds.
. "$(dirname "$0")/lib/lab.sh"
for part in docker engine down; do
	# shellcheck disable=SC1090
	. "$lab/lib/$part.sh"
done

lock lab
last_docker
if answers; then stop_containers; fi
stop_docker
rm -f "$PIPELINE_LAB/env"
say "the lab is down"
