# Shared by the scripts of this folder: names, messages, docker and dagger. POSIX sh.
# shellcheck shell=sh

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
port=${FLYLOCAL_PORT:-4280}
name=flylocal-$port
state=${XDG_STATE_HOME:-$HOME/.local/state}/pipeline/$name
token=$state/token
# shellcheck disable=SC2034 # for the scripts that source this
secrets=$state/secrets.json
pinned=$(sed -n 's/.*"engineVersion": *"\(v[^"]*\)".*/\1/p' "$root/dagger.json")

export DO_NOT_TRACK=1 DAGGER_NO_NAG=1

# shellcheck disable=SC2034 # for progress.sh
beat=$root/lab/lib/beat.sh
# shellcheck source=lab/lib/progress.sh
. "$root/lab/lib/progress.sh"

say() { printf '%s\n' "$*" >&2; }
die() { printf '%s\n' "$*" >&2; exit 1; }

has_docker() { command -v docker >/dev/null 2>&1 && docker info >/dev/null 2>&1; }
has_dagger() { command -v dagger >/dev/null 2>&1 && dagger version 2>/dev/null | grep -q "^dagger $pinned "; }

# in_lab succeeds when the lab is up on this machine. The lab then serves the advisories at $advisories.
in_lab() { "$root/lab/env.sh" >/dev/null 2>&1; }
# shellcheck disable=SC2034 # for the scripts that source this
advisories=tcp://127.0.0.1:${LAB_SHELF_PORT:-5055}

# had_lab succeeds when a lab was ever up on this machine.
had_lab() { [ -d "${PIPELINE_LAB:-${XDG_CACHE_HOME:-$HOME/.cache}/pipeline-lab}" ]; }

# machine makes docker and dagger answer: this machine's own, or the lab's where the lab can run.
machine() {
  if has_docker && has_dagger; then return; fi
  if reason=$("$root/lab/can.sh" 2>&1); then
    named=${_EXPERIMENTAL_DAGGER_RUNNER_HOST:-}
    "$root/lab/up.sh" >/dev/null || exit 1
    eval "$("$root/lab/env.sh")"
    # The user's choice of an engine is kept.
    if [ -n "$named" ]; then export _EXPERIMENTAL_DAGGER_RUNNER_HOST="$named"; fi
    return
  fi
  missing "$reason"
}

# engine fails when the engine that the user named does not answer: dagger itself would retry for ten minutes.
engine() {
  case ${_EXPERIMENTAL_DAGGER_RUNNER_HOST:-} in
    tcp://* | unix://*) ;;
    *) return 0 ;;
  esac
  dagger core version >/dev/null 2>&1 &
  pid=$!
  tries=0
  while kill -0 "$pid" 2>/dev/null && [ "$tries" -lt 75 ]; do
    tries=$((tries + 1))
    sleep 0.2
  done
  if kill "$pid" 2>/dev/null || ! wait "$pid"; then
    die "No engine answers at _EXPERIMENTAL_DAGGER_RUNNER_HOST=$_EXPERIMENTAL_DAGGER_RUNNER_HOST. Start it, or unset the variable: dagger then starts one in Docker."
  fi
}

missing() {
  say "This machine cannot run the pipeline yet. Missing:"
  has_docker || say "  Docker, running          https://docs.docker.com/get-docker/"
  has_dagger || say "  the dagger CLI $pinned   https://docs.dagger.io/install (DAGGER_VERSION=${pinned#v})"
  die "A bare Debian machine brings both up itself; this one cannot: $1"
}

# dotenv refuses a value over several lines (a PEM): dagger reads .env too, and every call would stop there.
dotenv() {
  [ -f "$root/.env" ] || return 0
  line=$(grep -nEv '^[[:space:]]*(#.*|(export +)?[A-Za-z_][A-Za-z0-9_.]*=.*)?$' "$root/.env" | head -n 1 | cut -d : -f 1)
  [ -z "$line" ] || die ".env, line $line: not NAME=value. A value over several lines (a PEM) stops every \`dagger call\` here: put it into a file of its own and name that, NAME=file://PATH"
  old=$(grep -nE '^(export +)?PIPELINE_[A-Z]+_SECRETS=' "$root/.env" | head -n 1)
  [ -z "$old" ] || say ".env, line ${old%%=*} is not read any more; write one line PIPELINE_SECRETS=${old#*=} instead"
}

# prune_replaced removes the images of flylocal that a newer one replaced and no container uses.
prune_replaced() { docker image prune -f --filter label=org.opencontainers.image.title=flylocal >/dev/null 2>&1 || true; }

# ours prints the containers, volumes and networks with this flylocal's label.
ours() { # kind
  case $1 in
    container) docker ps -aq --filter "label=flylocal=$port" ;;
    volume) docker volume ls -q --filter "label=flylocal=$port" ;;
    network) docker network ls -q --filter "label=flylocal=$port" ;;
  esac
}

# quietly runs dagger, keeps its whole progress in a log, and shows the lines that the module writes for people.
# The result goes to stdout. A failure shows the end of the log.
quietly() { # the step with its usual time, dagger's arguments
  step=$1; shift
  mkdir -p "$state"
  rm -f "$state/status" # of a call that was killed
  log=$state/last.log
  shown=$state/shown.log
  status=0
  : >"$shown"
  start_progress "$step" "$shown"
  { { dagger "$@" 2>&1 >&3 || echo $? >"$state/status"; } | tee "$log" | sed -un 's/^[┆ ]*· /  · /p' | tee "$shown" >&2; } 3>&1
  stop_progress
  if [ -s "$state/status" ]; then
    status=$(cat "$state/status")
    rm -f "$state/status"
    grep -v '^user default: ' "$log" | tail -n 25 >&2
    say "The whole log: $log"
  fi
  return "$status"
}

# call runs a function of the module against this flylocal, whatever a .env names, and shows the command.
call() { # usual time, function and arguments
  usual=$1; shift
  say "\$ dagger call $*"
  quietly "running $1 (usually $usual)" call --progress=dots --fly "tcp://127.0.0.1:$port" --token "file://$token" --secrets "file://$secrets" "$@" && echo
}
