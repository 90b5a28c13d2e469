# shellcheck shell=bash
# Programs from Go modules, one module per heavy tool, so that none raises another's dependencies.

# shellcheck disable=SC2034 # for engine.sh
{ read -r go_version && read -r go_proxy; } < <(go env GOVERSION GOPROXY)

# go_programs MODULE FOLDER [LDFLAGS]: builds the tools that lab/MODULE/go.mod names.
# -mod=readonly: what is built is what the committed go.sum says. A module that the checksum database does not know
# needs GONOSUMDB only when its go.sum is written anew, see README.md.
go_programs() (
	cd "$lab/$1" || exit
	CGO_ENABLED=0 GOFLAGS="-mod=readonly -buildvcs=false" go build -ldflags "-s -w ${3-}" -o "$2/" tool
)

programs() {
	local module=github.com/dagger/dagger/engine
	cache_folder programs "$(key programs "=$DAGGER_VERSION" "=$go_version")" build_programs \
		"-X $module.Version=$DAGGER_VERSION -X $module.Tag=$DAGGER_VERSION"
}

build_programs() {
	say "building the programs of Dagger $DAGGER_VERSION from Go modules (5 minutes when nothing is cached)"
	quietly programs go_programs programs "$2" "$1"
}

cni() { cache_folder cni "$(key cni "=$go_version")" build_cni; }

build_cni() {
	say "building the network plugins from Go modules (20 seconds)"
	quietly cni go_programs cni "$1"
}

registry() { cache_folder registry "$(key registry "=$go_version")" build_registry; }

build_registry() {
	say "building the registry from its Go module (40 seconds)"
	quietly registry go_program registry "$1"
}

# go_program MODULE FOLDER: builds the program that lab/MODULE itself is.
go_program() (
	cd "$lab/$1" || exit
	CGO_ENABLED=0 GOFLAGS="-mod=readonly -buildvcs=false" go build -ldflags "-s -w" -o "$2/$1" .
)
