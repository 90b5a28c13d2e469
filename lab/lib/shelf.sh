# shellcheck shell=bash
# The shelf: a registry with the base images. The engine and our own Docker daemon pull from it instead of docker.io.

on_this_machine=127.0.0.1:$shelf_port # plain HTTP to 127.0.0.1 is allowed without any setting

start_shelf() {
	local folder address current wanted
	folder=$(registry)
	address=$gateway:$shelf_port # where containers, and so the engine, find it
	wanted=$(key "=$folder" "=$address")
	current=$(docker container inspect --format '{{index .Config.Labels "pipeline-lab.key"}}' "$shelf" 2>/dev/null) || current=
	if [ "$current" != "$wanted" ]; then
		say "starting the shelf on $on_this_machine and $address (1 second)"
		if docker container inspect "$shelf" >/dev/null 2>&1; then
			has_label container "$shelf" || fail "a container named $shelf is there and is not ours; rename or remove it"
			docker rm -f "$shelf" >/dev/null
		fi
		tar -C "$folder" -c registry | docker import --change "LABEL $label" --change 'ENV OTEL_TRACES_EXPORTER=none' \
			--change 'ENTRYPOINT ["/registry"]' - pipeline-lab/registry >/dev/null
		quietly shelf docker run --detach --name "$shelf" --label "$label" --label "pipeline-lab.key=$wanted" \
			--publish "$on_this_machine:5000" --publish "$address:5000" --volume "$PIPELINE_LAB/shelf:/shelf" pipeline-lab/registry
	elif ! running "$shelf"; then
		quietly shelf docker start "$shelf"
	fi
	await 15 curl -fs -o /dev/null "http://$on_this_machine/v2/" ||
		fail "the shelf does not answer on $on_this_machine; see: DOCKER_HOST=$DOCKER_HOST docker logs $shelf"
}

# shelf_path IMAGE: its repository on the shelf; docker.io's single names live under library/.
shelf_path() {
	local name=${1%:*}
	case $name in
	*/*) printf '%s\n' "$name" ;;
	*) printf 'library/%s\n' "$name" ;;
	esac
}

# digests IMAGE TAG TAG: the digests that the shelf has under these tags, a line each; empty where it has none.
digests() {
	local at
	at=http://$on_this_machine/v2/$(shelf_path "$1")/manifests
	curl -sI --write-out '%header{docker-content-digest}\n' -H 'Accept: application/vnd.docker.distribution.manifest.v2+json' \
		-H 'Accept: application/vnd.oci.image.manifest.v1+json' \
		--output /dev/null "$at/$2" --output /dev/null "$at/$3"
}

# shelve IMAGE KEY TIME BUILD…: puts the image on the shelf, built from the inputs whose hash is KEY. TIME is how long that takes.
# The tag key-KEY exists only after a complete build; the official tag follows it.
shelve() {
	local image=$1 key=$2 about=$3 has keyed tagged
	keyed=$on_this_machine/$(shelf_path "$image"):key-$key
	tagged=$on_this_machine/$(shelf_path "$image"):${image##*:}
	mapfile -t has < <(digests "$image" "key-$key" "${image##*:}")
	if [ -n "${has[0]-}" ] && [ "${has[0]}" = "${has[1]-}" ]; then return; fi
	if [ -z "${has[0]-}" ]; then
		say "building $image ($about)"
		"${@:4}" "$keyed" "$key"
		quietly push docker push "$keyed"
	else
		quietly pull docker pull "$keyed"
	fi
	docker tag "$keyed" "$tagged"
	quietly push docker push "$tagged"
	adopt "$image" "$key"
	docker rmi "$keyed" "$tagged" >/dev/null
}

# adopt IMAGE KEY: gives the daemon the image under its official name, unless an image of somebody else has that name.
adopt() {
	local image=$1 key=$2 has keyed
	if has=$(docker image inspect --format '{{index .Config.Labels "pipeline-lab.image"}}' "$image" 2>/dev/null); then
		if [ -z "$has" ] || [ "$has" = "$key" ]; then return; fi
	elif is_own && [ "$image" != "$engine_image" ]; then
		return # the daemon pulls it from the shelf when it is needed
	fi
	keyed=$on_this_machine/$(shelf_path "$image"):key-$key
	if ! docker image inspect "$keyed" >/dev/null 2>&1; then
		say "loading $image from the shelf"
		quietly pull docker pull "$keyed"
		docker tag "$keyed" "$image"
		docker rmi "$keyed" >/dev/null
	else
		docker tag "$keyed" "$image"
	fi
}
