package step

import (
	"math"
	"strconv"
)

// Paths in the container of a step.
const (
	Results = "/results"         // a folder; Script writes it
	Program = "/pipeline/check"  // Script itself
	Inputs  = "/pipeline/inputs" // a folder with the files that the step depends on, where there are any
	Given   = "/pipeline/given"  // the text of Sums
	Memory  = "/pipeline/memory" // a volume of the step's own that outlives a run
)

// Script runs a step and ends with code 0 even when the step fails: Results has what happened. The image must have
// sh, timeout and what else every Debian and Alpine has.
const Script = `# $1 the folder of results, $2 seconds it may take, then reports to keep, --, commands
set -u
out=$1 limit=$2
shift 2
run=$out/run
mkdir -p "$run"
here=$(dirname "$0")
kept=$(mktemp)
while [ "$1" != -- ]; do
  rm -rf "./$1" # one of an earlier run may have come with the sources
  mkdir -p "$(dirname "./$1")"
  echo "$1" >>"$kept"
  shift
done
shift

# Every command runs, also after one that failed; each has a log, and its exit code beside it.
each='at=$1 n=0
shift
for command; do
  n=$((n + 1))
  sh -c "$command" >"$at/$n.log" 2>&1
  echo $? >"$at/$n.code"
done'
date +%s >"$run/started"
read -r before rest </proc/uptime # unlike date it has hundredths everywhere
timeout -k 5 "$limit" sh -c "$each" sh "$run" "$@" </dev/null
read -r after rest </proc/uptime
echo "$before $after" >"$run/uptime"

while read -r path; do
  [ -e "./$path" ] || continue
  mkdir -p "$(dirname "$out/$path")"
  cp -r "./$path" "$out/$path"
done <"$kept"

# The inputs of this run and of the last one: their difference is why the step ran.
{ (cd "$here/inputs" && find . -type f -exec sha256sum {} +; cat "$here/given") 2>/dev/null; } >"$run/inputs"
if [ -d "$here/memory" ]; then
  cp "$here/memory/inputs" "$run/inputs.before" 2>/dev/null
  cp "$run/inputs" "$here/memory/.inputs" && mv "$here/memory/.inputs" "$here/memory/inputs"
fi
cat "$run"/*.log
exit 0
`

// Args is the command line that runs a step by Script.
func Args(c Check) []string {
	args := []string{"sh", Program, Results, strconv.Itoa(int(math.Ceil(c.Timeout.Seconds())))}
	args = append(append(args, c.JUnit...), c.Reports...)
	return append(append(args, "--"), c.Run...)
}
