# shellcheck shell=bash
# The environment: what a shell has to know to work in the lab.

# environment: as lines of shell that do the same when they are read twice.
environment() {
	local setting
	for setting in "DOCKER_HOST=$DOCKER_HOST" DOCKER_BUILDKIT=1 "${engine_environment[@]}"; do
		printf 'export %s=%q\n' "${setting%%=*}" "${setting#*=}"
	done
	# shellcheck disable=SC2016
	printf 'case ":$PATH:" in *:%q:*) ;; *) export PATH=%q:$PATH ;; esac\n' "$PIPELINE_LAB/bin" "$PIPELINE_LAB/bin"
}
