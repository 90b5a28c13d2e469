#!/bin/sh
# Runs the tests: unit (no engine), or all: unit, then acceptance on the engine with a flylocal of its own.
set -eu
# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"
cd "$root"

go_is_here() { command -v go >/dev/null 2>&1 && go version | grep -Eq 'go1\.(2[6-9]|[3-9][0-9])'; }

# in_go runs a command with Go: this machine's own, or a container's, in which the checkout is somebody else's and git is
# told that this is meant.
in_go() {
  if go_is_here; then
    "$@"
  else
    has_docker || die "Tests need Go 1.26, or Docker to run it in."
    docker run --rm -v "$root:/src" -w /src -v pipeline-go:/root/go -v pipeline-go-build:/root/.cache/go-build \
      -e CGO_ENABLED=0 -e GOOS -e GOARCH -e GIT_CONFIG_COUNT=1 -e GIT_CONFIG_KEY_0=safe.directory -e GIT_CONFIG_VALUE_0=/src \
      golang:1.26 "$@"
  fi
}

unit() {
  say "unit tests, no engine"
  in_go go vet ./...
  in_go go vet -tags acceptance ./ci/...
  in_go go test ./...
  in_go sh -c 'cd renewa-one/migrate && go vet ./... && go test ./...'
}

# acceptance compiles the tests with Go wherever Go is, and runs them here, beside docker and dagger.
acceptance() {
  machine
  mkdir -p .test
  GOOS=$(uname | tr '[:upper:]' '[:lower:]')
  GOARCH=$(uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/')
  export GOOS GOARCH PIPELINE_ROOT="$root"
  # On a lab machine the lab builds compose, flyctl and what the scans need; elsewhere it is docker's plugin, the flyctl on
  # the PATH, and the scanners' own images and advisories.
  if in_lab; then
    "$root/scripts/scanners.sh"
    export ADVISORIES="$advisories"
    COMPOSE=$("$root/lab/tool.sh" docker-compose) && export COMPOSE
    FLYCTL=$("$root/lab/tool.sh" flyctl) && export FLYCTL
  fi
  failed=
  for package in flylocal/docker flylocal/cmd/flylocal ci/acceptance; do
    say "acceptance tests: $package"
    in_go go test -tags acceptance -c -o ".test/${package##*/}" "./$package"
    verdicts "$package" "$root/.test/${package##*/}" -test.v -test.timeout 50m || failed="$failed $package"
  done
  if in_lab; then
    say "tests of the lab"
    "$root/lab/lab_test.sh" || failed="$failed lab"
  fi
  [ -z "$failed" ] || die "failed:$failed. Whole logs: .test/*.log"
  say "all tests passed"
}

# verdicts runs a test program in its folder, keeps its log, and shows each verdict as it falls: a skip
# with its reason, a failure with all it said.
verdicts() { # folder, program and arguments
  log=$root/.test/${1##*/}.log
  folder=$1
  shift
  (cd "$folder" && "$@" 2>&1 || echo "exit status $?") | tee "$log" | grep --line-buffered -E '^ *--- (PASS|FAIL|SKIP)|^(PASS|FAIL|panic)|NOT TESTED|ground:' || true
  if tail -n 1 "$log" | grep -q '^exit status'; then
    grep -vE '^ *--- PASS|^=== ' "$log" | tail -n 300 >&2
    return 1
  fi
}

case ${1:-all} in
  unit) unit ;;
  bench) in_go go test ./ci/release/deploy -run NONE -bench Deploy -benchtime 1x -timeout 30m ;;
  lint)
    in_go sh -c 'mkdir -p .test && (cd lab/tools/golangci-lint && go build -o ../../../.test/golangci-lint tool) && .test/golangci-lint run ./...'
    ;;
  all)
    unit
    acceptance
    ;;
esac
