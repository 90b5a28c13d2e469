# shellcheck shell=bash
# Removing what is ours from a Docker daemon, and a Docker daemon of our own from the machine.

remove_ours() {
	local image
	docker ps --all --quiet --filter "label=$label" | xargs -r docker rm --force --volumes >/dev/null
	docker volume ls --quiet --filter "label=$label" | xargs -r docker volume rm >/dev/null
	for image in "${stand_ins[@]}" $(scanner_images) "$engine_image" pipeline-lab/registry; do
		# somebody's own debian:trixie-slim has no such label; the daemon keeps an image in use
		case $(docker image inspect --format '{{json .Config.Labels}}' "$image" 2>/dev/null) in
		*'"pipeline-lab'*) docker rmi "$image" >/dev/null 2>&1 || say "$image stays, because a container uses it" ;;
		esac
	done
}

# foreign prints what our own daemon holds that is not the lab's.
foreign() {
	if ! answers; then return; fi
	{
		docker ps --all --format 'container {{.Names}} {{.Label "pipeline-lab"}}'
		docker volume ls --format 'volume {{.Name}} {{.Label "pipeline-lab"}}'
		docker network ls --filter type=custom --format 'network {{.Name}}'
	} | awk 'NF == 2 {print $1, $2}' | paste -sd , | sed 's/,/, /g'
}

remove_docker() {
	awk -v under="$PIPELINE_LAB/docker" 'index($2, under) == 1 {print $2}' /proc/self/mounts | sort -r | xargs -r -n 1 umount
	if [ -e "$PIPELINE_LAB/no-docker-before" ] && ! pidof -q dockerd; then
		if ip link show docker0 >/dev/null 2>&1; then ip link delete docker0; fi
		iptables-save | grep -v -e DOCKER -e docker0 | iptables-restore
		iptables "--policy" FORWARD "$(cat "$PIPELINE_LAB/no-docker-before")"
	fi
	rm -rf "$PIPELINE_LAB"/{docker,docker-exec,docker-runtime,docker.pid,docker.sock,no-docker-before}
}
