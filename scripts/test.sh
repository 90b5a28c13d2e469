#!/bin/sh
# Runs the tests: `unit` (small sizes, no engine), or `all` suites side by side, each with a log in .test.
# `all NAME…` runs only the suites named.
set -eu
# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"
# shellcheck source=scripts/go.sh
. "$(dirname -- "$0")/go.sh"
cd "$root"

# The suites with their usual time on two cores, the longest first. No two share a port, an app or a folder; lab_test.sh has a
# network, processes and a Docker daemon of its own.
suites="acceptance=20m vet=15s unit=3m migrate=20s flylocal-docker=2m flylocal=2s lab=3m"

in_migrate() { in_go sh -c 'cd renewa-one/migrate && exec go "$@"' go "$@"; }

unit() {
  in_go go test -short ./...
  in_migrate test -short ./...
}

# build compiles, once and for this machine, the acceptance tests and the programs that run suites.
build() {
  mkdir -p .test
  say "compiling the tests"
  start_progress "compiling the tests (usually 30 s, 4 minutes when nothing is cached)"
  (
    GOOS=$(uname | tr '[:upper:]' '[:lower:]')
    GOARCH=$(uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/')
    export GOOS GOARCH
    in_go go build -o .test/ ./scripts/suites cmd/test2json
    in_go go test -tags acceptance -c -o .test/ ./flylocal/docker ./flylocal/cmd/flylocal ./ci/acceptance
  )
  stop_progress
}

# tools brings up the scanners and the programs that the acceptance tests use. On a lab machine the lab builds them; elsewhere they
# are docker's compose plugin, flyctl and act on the PATH, and the scanners' own images and advisories.
tools() {
  if in_lab; then
    "$root/scripts/scanners.sh"
    export ADVISORIES="$advisories"
    COMPOSE=$("$root/lab/tool.sh" docker-compose) && export COMPOSE
    FLYCTL=$("$root/lab/tool.sh" flyctl) && export FLYCTL
    ACT=$("$root/lab/tool.sh" act) && export ACT
  fi
}

# all runs these suites, or all of them, and fails when one of them fails or leaves something on the machine.
all() { # names
  trap 'exit 130' INT TERM HUP # after the command that runs: a signal to this shell alone leaves none behind
  need_go
  chosen=
  for name in "$@"; do
    case " $suites " in
      *" $name="*) ;;
      *) die "There is no suite $name. The suites: $(echo "$suites" | sed 's/=[^ ]*//g')" ;;
    esac
  done
  for suite in $suites; do
    case " ${*:-${suite%=*}} " in *" ${suite%=*} "*) chosen="$chosen $suite" ;; esac
  done
  export PIPELINE_ROOT="$root"
  case $chosen in *acceptance* | *flylocal* | *lab*) machine ;; esac
  case $chosen in *acceptance*) engine; tools ;; esac
  build
  PIPELINE_TEST_RUN=$$-$(date +%s)
  if has_docker; then
    if has_dagger; then # the engine is no leftover
      start_progress "starting the engine (usually 5 s, minutes when its image is not here yet)"
      dagger core version >/dev/null 2>&1 || true
      stop_progress
    fi
    "$root/scripts/leftovers.sh" list >.test/before
    chosen="$chosen leftovers=3s"
  fi
  # shellcheck disable=SC2086 # a list of suites
  exec .test/suites -jobs "${PIPELINE_TEST_JOBS:-2}" -logs .test -last leftovers -command "sh scripts/test.sh suite $PIPELINE_TEST_RUN" $chosen
}

# suite runs one suite and prints the events of `go test -json`.
suite() { # run, name
  if [ "$2" = leftovers ]; then
    if [ -n "${INTERRUPTED:-}" ]; then scripts/leftovers.sh end "$1"; fi
    events leftovers scripts/leftovers.sh check .test/before "$1"
  fi
  export PIPELINE_TEST_RUN="$1"
  case $2 in
    vet) events vet sh scripts/test.sh vet ;;
    unit) with_postgres unit in_go go test -json ./... ;;
    migrate) with_postgres migrate in_migrate test -json ./... ;;
    flylocal-docker) compiled flylocal-docker flylocal/docker docker ;;
    flylocal) compiled flylocal flylocal/cmd/flylocal flylocal ;;
    acceptance) compiled acceptance ci/acceptance acceptance ;;
    lab)
      if in_lab; then events lab lab/lab_test.sh; fi
      skip lab "this machine has docker and dagger of its own, and no lab"
      ;;
  esac
}

# with_postgres runs a command with DATABASE_URL_TEST, the address of a server of its own, where there is docker. Without it
# the tests that need a server are skipped.
with_postgres() { # suite, command
  server=pipeline-test-$1; shift
  if ! has_docker; then "$@"; return; fi
  trap 'docker rm -f -v "$server" >/dev/null 2>&1' EXIT
  trap 'exit 130' INT TERM HUP # a shell that a signal ends runs no trap of EXIT
  docker rm -f -v "$server" >/dev/null 2>&1 || true # of a run that was killed
  docker run -d --name "$server" -e POSTGRES_HOST_AUTH_METHOD=trust --tmpfs /var/lib/postgresql/data -p 127.0.0.1::5432 postgres:17 \
    -c fsync=off -c full_page_writes=off >/dev/null
  tries=0
  until docker exec "$server" pg_isready -q -h 127.0.0.1; do
    tries=$((tries + 1))
    [ "$tries" -lt 300 ] || die "Postgres in the container $server does not answer after 5 minutes."
    sleep 1
  done
  if go_is_here; then
    address=$(docker port "$server" 5432/tcp)
  else
    address=127.0.0.1:5432 network=container:$server
  fi
  export DATABASE_URL_TEST="postgres://postgres@$address/postgres?sslmode=disable"
  "$@"
}

# events replaces this process by a program whose output, in the form of `go test -v`, becomes events.
events() { # suite, program and arguments
  package=$1; shift
  exec "$root/.test/test2json" -t -p "$package" "$@"
}

compiled() { # suite, folder, name of the test program
  cd "$2"
  events "$1" "$root/.test/$3.test" -test.v=test2json -test.timeout "${PIPELINE_LONG:+2}5h"
}

skip() { # suite, reason
  printf '=== RUN   %s\n    %s\n--- SKIP: %s (0.00s)\nPASS\n' "$1" "$2" "$1" | "$root/.test/test2json" -t -p "$1"
}

vet() {
  failed=0
  verdict main in_go go vet -tags acceptance ./...
  verdict migrate in_migrate vet ./...
  if [ "$failed" = 1 ]; then
    echo FAIL
    return 1
  fi
  echo PASS
}

verdict() { # test, command
  test=$1; shift
  echo "=== RUN   $test"
  if "$@"; then
    echo "--- PASS: $test (0.00s)"
  else
    echo "--- FAIL: $test (0.00s)"
    failed=1
  fi
}

bench() {
  in_go go test ./ci/release/deploy -run NONE -bench Deploy -benchtime 1x -timeout 30m
  machine
  engine
  tools
  build
  cd ci/acceptance
  PIPELINE_ROOT=$root exec "$root/.test/acceptance.test" -test.run NONE -test.bench . -test.benchtime 1x -test.timeout 90m
}

case ${1:-all} in
  unit) unit ;;
  vet) vet ;;
  suite) suite "$2" "$3" ;;
  bench) bench ;;
  long)
    export PIPELINE_LONG=1
    all unit migrate flylocal-docker flylocal acceptance
    ;;
  all)
    [ $# = 0 ] || shift
    all "$@"
    ;;
  *) die "usage: scripts/test.sh unit | all [SUITE…] | long | bench" ;;
esac
