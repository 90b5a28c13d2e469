# Go for the tests and linters: this machine's own, or a container's. Sourced after lib.sh. POSIX sh.
# shellcheck shell=sh disable=SC2154 # root is set in lib.sh

go_is_here() { command -v go >/dev/null 2>&1 && go version | grep -Eq 'go1\.(2[6-9]|[3-9][0-9])'; }

# in_go runs a command with Go: this machine's own, or a container's. In the container the checkout has another owner, which
# git accepts only when it is configured to.
in_go() {
  if go_is_here; then
    "$@"
  else
    need_go
    docker run --rm -v "$root:/src" -w /src -v pipeline-go:/root/go -v pipeline-go-build:/root/.cache/go-build \
      --network "${network:-bridge}" -e CGO_ENABLED=0 -e GOOS -e GOARCH -e PIPELINE_LONG -e DATABASE_URL_TEST \
      -e GIT_CONFIG_COUNT=1 -e GIT_CONFIG_KEY_0=safe.directory -e GIT_CONFIG_VALUE_0=/src golang:1.26 "$@"
  fi
}

need_go() { go_is_here || has_docker || die "Tests need Go 1.26, or Docker to run it in."; }
