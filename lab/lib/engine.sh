# shellcheck shell=bash
# The engine: its image, its settings, and the container that the CLI makes of them.

# engine_image BASE GOLANG: builds the engine's image. BASE and GOLANG are the keys of the images below it.
engine_image() {
	local programs plugins sdk
	programs=$(programs)
	plugins=$(cni)
	sdk=$(key engine/sdk.Dockerfile "=$2" "=${programs##*/}" "=$go_proxy")
	engine_image_key=$(key engine "=$1" "=$sdk" "=${programs##*/}" "=${plugins##*/}")
	stand_in "$engine_image" "$engine_image_key" "90 seconds" build_engine "$programs" "$plugins" "$sdk"
}

build_engine() {
	local programs=$1 plugins=$2 place
	place=$(workplace)
	shelve "pipeline-lab/go-sdk:latest" "$3" "40 seconds" build_sdk "$programs"
	place=$(workplace)
	cp "$programs"/{engine,init,dialstdio,dnsname} "$lab/engine/Dockerfile" "$lab/engine/entrypoint.sh" "$place/"
	cp -r "$plugins" "$place/cni"
	quietly go-sdk-blobs skopeo copy --src-tls-verify=false --format oci "docker://$on_this_machine/pipeline-lab/go-sdk:key-$3" "oci:$place/oci:sdk"
	mkdir "$place/content"
	mv "$place/oci/blobs" "$place/content/"
	quietly engine docker_build_engine "$place" "$4" "$5" "$(jq -r '.manifests[0].digest' "$place/oci/index.json")"
	rm -rf "$place"
}

docker_build_engine() {
	DOCKER_BUILDKIT=1 docker build --progress plain --label "pipeline-lab.image=$3" --tag "$2" \
		--build-arg "GO_SDK_DIGEST=$4" --build-arg "GOPROXY=$go_proxy" "$1"
}

build_sdk() {
	local place
	place=$(workplace)
	cp "$1/codegen" "$lab/engine/sdk.Dockerfile" "$place/"
	quietly go-sdk-proxy answers_for_codegen "$place/goproxy"
	quietly go-sdk docker_build "$place" sdk.Dockerfile "$2" "$3"
	rm -rf "$place"
}

# answers_for_codegen FOLDER: code generation asks the Go proxy which version a commit of dagger.io/dagger is, and for the
# newest of two small modules: look-ups by commit and by "latest" that a package proxy may refuse. The answers are files in
# the layout of a proxy, with the versions that the programs were built with.
answers_for_codegen() {
	local folder=$1 module commit
	cd "$lab/programs" || exit
	commit=$(sed -n 's/.*goSDKLibVersion *= *"\([0-9a-f]*\)".*/\1/p' "$(go list -m -f '{{.Dir}}' github.com/dagger/dagger)/core/sdk/go_sdk.go")
	[ -n "$commit" ] || { echo "find goSDKLibVersion in the engine's source: not there"; exit 1; }
	mkdir -p "$folder/dagger.io/dagger/@v"
	cp "$(information dagger.io/dagger)" "$folder/dagger.io/dagger/@v/$commit.info"
	go list -m -f '{{.Version}}' dagger.io/dagger >"$folder/dagger.io/dagger/@v/list"
	for module in github.com/dagger/querybuilder github.com/dagger/otel-go; do
		mkdir -p "$folder/$module/@v"
		: >"$folder/$module/@v/list"
		cp "$(information "$module")" "$folder/$module/@latest"
	done
}

# information MODULE: the file in which Go keeps the proxy's answer about the version in use.
information() { go mod download -json "$1@$(go list -m -f '{{.Version}}' "$1")" | jq -er .Info; }

# settings: the files that the CLI mounts into the engine that it starts, and links to the user's own settings, so that other
# programs find them although XDG_CONFIG_HOME points here.
settings() {
	local folder=$PIPELINE_LAB/xdg own=${XDG_CONFIG_HOME:-$HOME/.config} address entry
	address=$gateway:$shelf_port
	mkdir -p "$folder/dagger/ca-certificates"
	jq -n --arg shelf "$address" '{
		registries: {"docker.io": {mirrors: [$shelf]}, ($shelf): {http: true}},
		gc: {reservedSpace: "10GB", maxUsedSpace: "30GB", minFreeSpace: "5GB"}
	}' >"$folder/dagger/.engine.json"
	mv "$folder/dagger/.engine.json" "$folder/dagger/engine.json"
	rm -f "$folder"/dagger/ca-certificates/*.crt
	cp /usr/local/share/ca-certificates/*.crt "$folder/dagger/ca-certificates/" 2>/dev/null || true
	[ "$own" = "$folder" ] && own=$HOME/.config
	for entry in "$own"/*; do
		[ -e "$entry" ] && [ ! -e "$folder/${entry##*/}" ] && ln -sfn "$entry" "$folder/${entry##*/}"
	done
	return 0
}

# start_engine starts the engine with these settings. An engine with older settings is replaced; its cache is a volume and stays.
start_engine() {
	local wanted
	wanted=$(key "=$engine_image_key" "=$(cat "$PIPELINE_LAB"/xdg/dagger/engine.json "$PIPELINE_LAB"/xdg/dagger/ca-certificates/* 2>/dev/null)")
	if docker container inspect "$engine" >/dev/null 2>&1; then
		has_label container "$engine" || fail "a container named $engine is there and is not ours; rename or remove it"
		if [ "$(cat "$PIPELINE_LAB/engine.key" 2>/dev/null)" != "$wanted" ]; then
			if ! no_clients; then
				say "the engine's image or settings have changed, but calls are running on it: the next up.sh replaces it"
				return
			fi
			say "replacing the engine: its image or its settings have changed (5 seconds)"
			stop_engine
			docker rm "$engine" >/dev/null
			docker image prune --force --filter "label=$label" >/dev/null # its old image, which has no name any more
		elif running "$engine"; then
			return
		fi
	fi
	say "starting the engine (5 seconds)"
	docker volume inspect "$engine" >/dev/null 2>&1 || docker volume create --label "$label" "$engine" >/dev/null
	printf '%s\n' "$wanted" >"$PIPELINE_LAB/engine.key"
	quietly engine-start env "${engine_environment[@]}" timeout 120 dagger --progress plain core version
}

# no_clients: an engine that is stopped while a client uses it loses its cache.
no_clients() { ! running "$engine" || ! docker top "$engine" -eo pid,args | grep dial-stdio >/dev/null; }

# stop_engine: an engine that is killed before it has saved its cache starts with an empty one. It saves within seconds, and then
# spends up to a minute on other work; its log shows when the cache is saved.
stop_engine() {
	local begun
	running "$engine" || return 0
	begun=$(date +%s)
	say "stopping the engine (5 seconds; it saves its cache)"
	docker kill --signal TERM "$engine" >/dev/null
	in_sight await 120 engine_has_saved "$begun" || say "the engine's log does not show that its cache was saved; stopping it nevertheless"
	docker stop --time 1 "$engine" >/dev/null
}

engine_has_saved() { ! running "$engine" || docker logs --since "$1" "$engine" 2>&1 | grep 'completed dagql cache close' >/dev/null; }

engine_environment=(
	"XDG_CONFIG_HOME=$PIPELINE_LAB/xdg"
	"_EXPERIMENTAL_DAGGER_RUNNER_HOST=docker-image://$engine_image?container=$engine&volume=$engine&cleanup=false"
	DO_NOT_TRACK=1 DAGGER_NO_NAG=1
)
