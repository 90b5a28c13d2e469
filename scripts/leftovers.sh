#!/bin/sh
# What the tests leave on this machine: `leftovers.sh list` before the tests, then `leftovers.sh check LIST RUN` after them,
# and `leftovers.sh end RUN` before that when they were interrupted.
# RUN is the value of PIPELINE_TEST_RUN that every process of the tests inherits. The verdicts have the form of Go's.
set -eu
# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

# bases are the images that the repository names: a pulled one is a cache, whoever pulled it first.
bases() {
  {
    sed -n 's/^FROM \([^ :]*\):.*/\1/p' "$root/Dockerfile"
    sed -n 's/.* = "\([a-z0-9./-]*\):.*"/\1/p' "$root/.dagger/container/pins.go"
    echo postgres # of compose.yaml and of the databases' fly.toml
    echo registry.dagger.io/engine
  } | sort -u
}

# list prints a line for each thing that tests could leave. Not listed:
# - what the lab keeps: it has the lab's label, or its image's name begins with pipeline-lab/;
# - an engine that the dagger CLI started, dagger-engine-*, and the volumes that belong to it;
# - the caches of Go in a container, pipeline-go*;
# - the flylocal of a developer, port 4280, which no test uses.
list() {
  engines=$(docker ps -aq --filter name=dagger-engine-)
  # shellcheck disable=SC2086 # a list of ids
  volumes=$([ -z "$engines" ] || docker inspect --format '{{range .Mounts}}{{.Name}} {{end}}' $engines)
  {
    docker ps -a --format 'container {{.Names}} {{.Label "pipeline-lab"}}'
    docker volume ls --format 'volume {{.Name}} {{.Label "pipeline-lab"}}'
    docker network ls --filter type=custom --format 'network {{.Name}} {{.Label "pipeline-lab"}}'
    docker image ls --format 'image {{.Repository}}:{{.Tag}}:{{.ID}}'
  } | awk -v bases="$(bases)" -v volumes="$volumes" '
    BEGIN {
      split(bases, b, "\n"); for (i in b) skip["image " b[i]]
      split(volumes, v); for (i in v) skip["volume " v[i]]
    }
    NF > 2 || $2 ~ /^(dagger-engine-|pipeline-go|flylocal-4280|flylocal:4280:|localhost:4280\/|pipeline-lab\/)/ { next }
    { repository = $0; if ($1 == "image") sub(/:[^:]*:[^:]*$/, "", repository) }
    !(repository in skip) { print $1, $2 }' | sort -u
}

# processes prints those that carry the mark of the run. Only Linux shows the environment of a process.
processes() { # run
  { grep -lzx "PIPELINE_TEST_RUN=$1" /proc/[0-9]*/environ 2>/dev/null || true; } | while read -r environment; do
    process=${environment%/environ}
    echo "process ${process#/proc/} $(tr '\0' ' ' <"$process/cmdline" 2>/dev/null || true)"
  done
}

# end kills what is left of a run that was interrupted.
end() { # run
  for process in $(processes "$1" | cut -d ' ' -f 2); do kill -KILL "$process" 2>/dev/null || true; done
}

failed=
verdict() { # kind, what is left of that kind
  test=no_${1}_of_the_tests_is_left
  echo "=== RUN   $test"
  if [ -z "$2" ]; then
    echo "--- PASS: $test (0.00s)"
  else
    printf '%s\n' "$2" | sed 's/^/    left: /'
    echo "--- FAIL: $test (0.00s)"
    failed=yes
  fi
}

check() { # list from before, run
  new=$(list | comm -13 "$1" -)
  for kind in container volume network image; do
    verdict "$kind" "$(printf '%s\n' "$new" | grep "^$kind " || true)"
  done
  if [ -d /proc/self ]; then
    verdict process "$(processes "$2")"
  else
    printf '=== RUN   no_process_of_the_tests_is_left\n    only Linux shows the environment of a process\n--- SKIP: no_process_of_the_tests_is_left (0.00s)\n'
  fi
  if [ -n "$failed" ]; then
    echo FAIL
    return 1
  fi
  echo PASS
}

"$@"
