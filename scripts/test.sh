#!/bin/sh
# Runs the tests: unit (no engine), or all: unit, then acceptance on the engine with a flylocal of its own.
set -eu
# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"
cd "$root"

go_is_here() { command -v go >/dev/null 2>&1 && go version | grep -Eq 'go1\.(2[6-9]|[3-9][0-9])'; }

# in_go runs a command with Go: this machine's own, or a container's.
in_go() {
  if go_is_here; then
    "$@"
  else
    has_docker || die "Tests need Go 1.26, or Docker to run it in."
    docker run --rm -v "$root:/src" -w /src -v pipeline-go:/root/go -v pipeline-go-build:/root/.cache/go-build \
      -e CGO_ENABLED=0 -e GOOS -e GOARCH golang:1.26 "$@"
  fi
}

unit() {
  say "unit tests, no engine"
  in_go go vet ./...
  in_go go test ./...
}

# acceptance compiles the tests with Go wherever Go is, and runs them here, beside docker and dagger.
acceptance() {
  machine
  say "acceptance tests, on the engine"
  mkdir -p .test
  GOOS=$(uname | tr '[:upper:]' '[:lower:]')
  GOARCH=$(uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/')
  export GOOS GOARCH
  for package in ci/acceptance ci/flylocal/docker; do
    in_go go test -tags acceptance -c -o ".test/$(basename "$package")" "./$package"
  done
  export PIPELINE_ROOT="$root"
  failed=0
  for package in ci/flylocal/docker ci/acceptance; do
    say "$package"
    (cd "$package" && "$root/.test/$(basename "$package")" -test.v -test.timeout 50m) >".test/$(basename "$package").log" 2>&1 || failed=1
    summary ".test/$(basename "$package").log"
  done
  [ "$failed" = 0 ] || die "acceptance tests failed; whole logs in .test/*.log"
}

# summary shows each test's verdict, every skip with its reason, and all that a failed one said.
summary() {
  grep -E '^ *--- |^(PASS|FAIL|ok|panic)' "$1" || true
  if grep -q '^ *--- FAIL\|^panic' "$1"; then
    say "---- log of the failed run"
    tail -n 200 "$1"
  fi
  grep -A3 -E '^ *--- SKIP' "$1" || true
}

case ${1:-all} in
  unit) unit ;;
  lint) machine; in_go "$root/scripts/lint.sh" ;;
  all) unit; acceptance ;;
esac
