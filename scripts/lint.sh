#!/bin/sh
# The linters: golangci-lint with the acceptance tests, functions that nothing uses, and shellcheck where it is installed. All of
# them run; the script fails when one of them has found something.
set -eu
# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"
# shellcheck source=scripts/go.sh
. "$(dirname -- "$0")/go.sh"
cd "$root"
need_go

# build compiles a linter from its module in lab/tools.
build() { # name, usual time
  mkdir -p .test
  start_progress "building $1 (usually $2)"
  in_go sh -c "cd lab/tools/$1 && go build -o ../../../.test/$1 tool"
  stop_progress
}

# dead prints the functions that neither a program nor a test of this module reaches, except those that .dagger, a module of its
# own, names: deadcode does not see the calls of .dagger.
dead() {
  in_go .test/deadcode -tags acceptance -test ./... | while IFS= read -r line; do
    grep -rqE --include="*.go" "\.${line##*[ .]}\b" .dagger || printf '%s\n' "$line"
  done
}

failed=
step() { # name, usual time, command
  name=$1; shift
  say "$name"
  start_progress "running $name (usually $1)"
  shift
  "$@" || failed="$failed, $name"
  stop_progress
}

no_dead_functions() {
  found=$(dead)
  [ -z "$found" ] || { printf '%s\n' "$found"; return 1; }
}

build golangci-lint "10 s, 5 minutes when nothing is cached"
build deadcode "1 s"
step golangci-lint "1 minute" in_go .test/golangci-lint run ./...
step deadcode "1 minute" no_dead_functions
if command -v shellcheck >/dev/null; then
  step shellcheck "10 s" shellcheck -x .ci/run .github/actions/*/*.sh scripts/*.sh lab/*.sh lab/lib/*.sh
else
  say "shellcheck is not installed: the shell scripts were not linted"
fi
[ -z "$failed" ] || die "failed: ${failed#, }"
