# shellcheck shell=bash
# The environment of a shell that works in the lab.

# environment prints lines of shell. Reading them twice has the same effect as reading them once.
environment() {
	local setting
	for setting in "DOCKER_HOST=$DOCKER_HOST" DOCKER_BUILDKIT=1 "${engine_environment[@]}"; do
		printf 'export %s=%q\n' "${setting%%=*}" "${setting#*=}"
	done
	# shellcheck disable=SC2016
	printf 'case ":$PATH:" in *:%q:*) ;; *) export PATH=%q:$PATH ;; esac\n' "$PIPELINE_LAB/bin" "$PIPELINE_LAB/bin"
}
