# shellcheck shell=bash
# The Docker daemon: the one that is there, else our own.

# choose_client: Debian's client has BuildKit built in and speaks to Debian's daemon. A newer client without buildx does
# neither, so Debian's is put before it on the PATH; a newer client with buildx is used.
choose_client() {
	if [ -x /usr/bin/docker ] && ! docker buildx version >/dev/null 2>&1; then link /usr/bin/docker docker; fi
}

# find_docker: sets DOCKER_HOST to the daemon that answers, or to our own socket when none does.
find_docker() {
	local given=${DOCKER_HOST-}
	if [ -n "$given" ] && [ "$given" != "$own_socket" ]; then
		answers || fail "DOCKER_HOST=$given does not answer; start that daemon, or unset DOCKER_HOST to get one from the lab"
		return
	fi
	export DOCKER_HOST=$own_socket
	answers && return
	if DOCKER_HOST=unix:///var/run/docker.sock answers; then DOCKER_HOST=unix:///var/run/docker.sock; fi
}

answers() { docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

is_own() { [ "$DOCKER_HOST" = "$own_socket" ]; }

# own_pid: the process of our daemon, if it runs. After a power cut the file may name another process.
own_pid() {
	local pid
	pid=$(cat "$PIPELINE_LAB/docker.pid" 2>/dev/null) && [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = dockerd ] && echo "$pid"
}

start_docker() {
	if answers; then return; fi
	if ! own_pid >/dev/null; then
		say "starting a Docker daemon (2 seconds)"
		rm -f "$PIPELINE_LAB/docker.pid"
		spawn_docker
	fi
	in_sight await 60 answers || fail "the Docker daemon does not answer; its log is $PIPELINE_LAB/log/dockerd.log"
}

spawn_docker() {
	local options=() bounding
	bounding=$(awk '/^CapBnd/ {print $2}' /proc/self/status)
	if ! ((0x$bounding >> 24 & 1)); then # CAP_SYS_RESOURCE
		install -D -m 755 "$lab/docker/runc-less" "$PIPELINE_LAB/docker-runtime/runc-less"
		options=(--add-runtime "less=$PIPELINE_LAB/docker-runtime/runc-less" --default-runtime less)
	fi
	mkdir -p "$PIPELINE_LAB/log"
	# the packet filter's policy before Docker, for clean.sh to restore
	if [ ! -e "$PIPELINE_LAB/docker" ] && ! iptables-save | grep DOCKER >/dev/null; then
		iptables --list-rules FORWARD | awk '$1 == "-P" {print $3}' >"$PIPELINE_LAB/no-docker-before"
	fi
	setsid nohup dockerd --host "$own_socket" --pidfile "$PIPELINE_LAB/docker.pid" \
		--data-root "$PIPELINE_LAB/docker" --exec-root "$PIPELINE_LAB/docker-exec" \
		--registry-mirror "http://127.0.0.1:$shelf_port" "${options[@]}" \
		>>"$PIPELINE_LAB/log/dockerd.log" 2>&1 </dev/null 9>&- &
}

# await SECONDS COMMAND…: until the command succeeds.
await() {
	local end=$((SECONDS + $1))
	until "${@:2}"; do
		((SECONDS < end)) || return 1
		sleep 0.2
	done
}

# find_gateway: the address at which containers reach this machine. It comes from the interface: a daemon that has just made
# the bridge does not report the address.
# shellcheck disable=SC2034 # for shelf.sh and engine.sh
find_gateway() {
	local interface
	interface=$(docker network inspect bridge --format '{{index .Options "com.docker.network.bridge.name"}}')
	gateway=$(ip -4 -o address show dev "$interface" | awk '{sub("/.*", "", $4); print $4; exit}')
}

# has_label NAME: does this container, image or volume exist, and is it ours?
has_label() { [ "$(docker "$1" inspect --format '{{index '"${3:-.Config.Labels}"' "pipeline-lab"}}' "$2" 2>/dev/null)" = 1 ]; }

running() { [ "$(docker container inspect --format '{{.State.Running}}' "$1" 2>/dev/null)" = true ]; }
