# shellcheck shell=bash
# Taking down what up.sh put up, and nothing else.

# last_docker: the daemon that up.sh worked with, when none is named.
last_docker() {
	if [ -z "${DOCKER_HOST-}" ] && [ -e "$PIPELINE_LAB/daemon" ]; then DOCKER_HOST=$(cat "$PIPELINE_LAB/daemon"); fi
	export DOCKER_HOST=${DOCKER_HOST:-$own_socket}
}

stop_containers() {
	if ours "$engine"; then
		no_clients || say "waiting for the calls that are running on the engine (a minute at most)"
		await 60 no_clients || fail "calls are still running on the engine; end them, then run this again"
		stop_engine
	fi
	if ours "$shelf" && running "$shelf"; then docker stop --time 5 "$shelf" >/dev/null; fi
}

ours() { labelled container "$1"; }

# bystanders: containers that run on our daemon and are not ours.
bystanders() { docker ps --format '{{.Names}} {{.Label "pipeline-lab"}}' | awk 'NF == 1 {print $1}' | paste -sd ' '; }

# stop_docker: only a daemon of our own, and only when nobody else's container runs on it.
stop_docker() {
	local pid others
	is_own || return 0
	pid=$(own_pid) || return 0
	others=$(bystanders)
	if [ -n "$others" ]; then
		say "the Docker daemon goes on running, because these containers run on it: $others"
		return
	fi
	kill "$pid"
	await 60 gone "$pid" || fail "the Docker daemon, process $pid, does not end; its log is $PIPELINE_LAB/log/dockerd.log"
}

gone() { ! kill -0 "$1" 2>/dev/null; }
