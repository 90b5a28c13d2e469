#!/usr/bin/env bash
# Gives a bare Debian machine what a laptop has: a Docker daemon, the base images under their official names, a Dagger
# engine. Brings up what is missing and prints the environment for a shell:  eval "$(lab/up.sh)"
. "$(dirname "$0")/lib/lab.sh"
for part in space docker packages programs shelf images engine environment; do
	# shellcheck disable=SC1090
	. "$lab/lib/$part.sh"
done

reason=$("$lab/can.sh") || fail "$reason"

lock lab
choose_client
find_docker
packages
choose_client
start_docker
printf '%s\n' "$DOCKER_HOST" >"$PIPELINE_LAB/daemon"
find_gateway
short=$(space "$(docker info --format '{{.DockerRootDir}}')") || fail "no space on the disk: $short"
programs=$(programs)
link "$programs/dagger" dagger
start_shelf
images
settings
start_engine
environment >"$PIPELINE_LAB/.env.new"
mv "$PIPELINE_LAB/.env.new" "$PIPELINE_LAB/env"
touch "$PIPELINE_LAB/complete"
say "the lab is up; logs are in $PIPELINE_LAB/log; to work in it:  eval \"\$(lab/env.sh)\""
cat "$PIPELINE_LAB/env"
