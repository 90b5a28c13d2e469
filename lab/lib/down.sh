# shellcheck shell=bash
# Stopping what up.sh started, and nothing else.

# last_docker sets DOCKER_HOST to the daemon that up.sh used, unless the user names one.
last_docker() {
	if [ -z "${DOCKER_HOST-}" ] && [ -e "$PIPELINE_LAB/daemon" ]; then DOCKER_HOST=$(cat "$PIPELINE_LAB/daemon"); fi
	export DOCKER_HOST=${DOCKER_HOST:-$own_socket}
}

stop_containers() {
	if ours "$engine"; then
		no_clients || say "waiting for the calls that are running on the engine (a minute at most)"
		in_sight await 60 no_clients || fail "calls are still running on the engine; end them, then run this again"
		stop_engine
	fi
	if ours "$shelf" && running "$shelf"; then docker stop --time 5 "$shelf" >/dev/null; fi
}

ours() { has_label container "$1"; }

# bystanders prints the containers on our daemon that are not the lab's.
bystanders() { docker ps --format '{{.Names}} {{.Label "pipeline-lab"}}' | awk 'NF == 1 {print $1}' | paste -sd ' '; }

# stop_docker stops the daemon if it is the lab's own and no other container runs on it.
stop_docker() {
	local pid others
	is_own || return 0
	pid=$(own_pid) || return 0
	others=$(bystanders)
	if [ -n "$others" ]; then
		say "the Docker daemon goes on running, because these containers run on it: $others"
		return
	fi
	say "stopping the Docker daemon (5 seconds)"
	kill "$pid"
	in_sight await 60 has_ended "$pid" || fail "the Docker daemon, process $pid, does not end; its log is $PIPELINE_LAB/log/dockerd.log"
}

has_ended() { ! kill -0 "$1" 2>/dev/null; }
