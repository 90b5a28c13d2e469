# shellcheck shell=bash
# Shared by every script of the lab: paths, messages, the cache of what was built. Sourced, never run.
# shellcheck disable=SC2034 # the names below are for those who source it

set -euo pipefail
shopt -s inherit_errexit

lab=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=lab/versions.env
. "$lab/versions.env"

# Everything the lab keeps is in this one folder, outside the checkout.
PIPELINE_LAB=${PIPELINE_LAB:-${XDG_CACHE_HOME:-$HOME/.cache}/pipeline-lab}
export PATH=$PIPELINE_LAB/bin:$PATH
own_socket=unix://$PIPELINE_LAB/docker.sock

# Everything of the lab in a Docker daemon carries this label. A stand-in image does not: containers that others run from it
# are not the lab's.
label=pipeline-lab=1
engine=pipeline-engine                                       # container and volume
shelf=pipeline-shelf                                         # container
shelf_port=${LAB_SHELF_PORT:-5055}                           # not 5000, which many examples use
engine_image=registry.dagger.io/engine:$DAGGER_VERSION

beat=$lab/lib/beat.sh progress_began=$(($(date +%s) - SECONDS))
# shellcheck source=lab/lib/progress.sh
. "$lab/lib/progress.sh"

# say TEXT: one line of progress, with the seconds since the script began. The line names the step that begins with it.
say() {
	step=$*
	printf '[%3ds] %s\n' "$SECONDS" "$*" >&2
}

# in_sight COMMAND…: runs a command that prints nothing, and reports every 10 s that the step is still running.
in_sight() {
	local status=0
	start_progress "${step:-${0##*/}}"
	"$@" || status=$?
	stop_progress
	return "$status"
}

# fail TEXT: ends with one message: what happened, and what to do.
fail() {
	printf '%s: %s\n' "$(basename "$0")" "$*" >&2
	exit 1
}

# quietly NAME COMMAND…: runs a command whose details belong into a log; shows their end only when it fails.
quietly() {
	local log=$PIPELINE_LAB/log/$1.log status=0
	mkdir -p "${log%/*}"
	start_progress "${step:-$1}"
	set +e # not `if ! …`: the shell would go on after a failed line inside
	(
		set -e
		"${@:2}"
	) >"$log" 2>&1
	status=$?
	set -e
	stop_progress
	if ((status)); then
		tail -n 15 "$log" >&2
		fail "$1 failed; its log is $log"
	fi
}

# key PATH… =WORD…: a hash that changes when any of these files, folders or words does.
# The seed is raised by hand when a change of the building scripts changes their results.
key() {
	local input
	for input in =seed-1 "$@"; do
		case $input in
		=*) printf '%s\n' "$input" ;;
		*) (cd "$lab" && find "$input" -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum) ;;
		esac
	done | sha256sum | cut -c 1-16
}

# cache_folder NAME KEY BUILD…: the folder NAME-KEY in the cache, filled by `BUILD… FOLDER` when it is not there yet.
# The folder gets its name only when it is complete, so that an interruption leaves no half-built folder under that name.
cache_folder() {
	local folder=$PIPELINE_LAB/built/$1-$2
	if [ ! -d "$folder" ]; then
		rm -rf "$folder.part"
		mkdir -p "$folder.part"
		"${@:3}" "$folder.part"
		mv "$folder.part" "$folder"
	fi
	printf '%s\n' "$folder"
}

# link TARGET NAME: makes bin/NAME in the cache point to TARGET, in one step. This shell runs TARGET from then on.
link() {
	mkdir -p "$PIPELINE_LAB/bin"
	[ "$(readlink "$PIPELINE_LAB/bin/$2")" = "$1" ] && return
	ln -sfn "$1" "$PIPELINE_LAB/bin/.$2.new"
	mv -T "$PIPELINE_LAB/bin/.$2.new" "$PIPELINE_LAB/bin/$2"
	hash -r # the shell remembers the path of a NAME that it has run before
}

# lock NAME: waits until no other script holds the lock NAME. The programs that a script starts hold the lock too: when the
# script is killed, the next one waits for the build that goes on without it.
lock() {
	mkdir -p "$PIPELINE_LAB"
	exec 9>"$PIPELINE_LAB/lock-$1"
	if ! flock -n 9; then
		say "waiting for another script of the lab to end (10 minutes when that one builds everything)"
		in_sight flock 9
	fi
}
