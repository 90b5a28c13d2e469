#!/usr/bin/env bash
# Builds a tool on demand, puts it on the lab's PATH and prints where it is:  lab/tool.sh docker-compose
# A tool is a folder tools/NAME with a go.mod that names one program, and perhaps a build.env with GOEXPERIMENT or LDFLAGS,
# which may use $VERSION, the version in go.mod.
. "$(dirname "$0")/lib/lab.sh"
. "$lab/lib/programs.sh"

name=${1-}
[ -e "$lab/tools/$name/go.mod" ] || fail "there is no tool \"$name\"; there are: $(cd "$lab/tools" && echo *)"

build_tool() {
	say "building $name from its Go module (minutes when nothing is cached)"
	quietly "$name" go_tool "$1"
}

go_tool() (
	LDFLAGS='' GOEXPERIMENT=''
	cd "$lab/tools/$name" || exit
	# shellcheck disable=SC2034 # for build.env
	VERSION=$(GOFLAGS=-mod=readonly go list -f '{{.Module.Version}}' tool)
	# shellcheck disable=SC1091
	[ ! -e build.env ] || . ./build.env
	CGO_ENABLED=0 GOFLAGS="-mod=readonly -buildvcs=false" GOEXPERIMENT=$GOEXPERIMENT go build -ldflags "-s -w $LDFLAGS" -o "$1/$name" tool
)

lock "tool-$name"
folder=$(cache_folder "tool-$name" "$(key "tools/$name" "=$go_version")" build_tool)
link "$folder/$name" "$name"
printf '%s\n' "$folder/$name"
