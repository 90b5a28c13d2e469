package compatibility

import (
	"fmt"
	"strconv"
	"strings"

	"al.essio.dev/pkg/shellescape"

	"github.com/renewa/pipeline/ci/verify/step"
)

// Paths in the container of a trial: Script, and the app's output.
const (
	Program = "/pipeline/trial"
	Log     = step.Results + "/app.log"
)

// Script starts an app and runs its suite in one container. It needs sh and grep.
const Script = `# $1 the port that the app listens on, $2 the command of the app, $3 that of its suite, $4 the app's log
set -u
log=$4
(
  sh -c "$2" >"$log" 2>&1
  echo $? >"$log.ended"
) &
end() { # code, why
  [ "$1" -eq 0 ] || { echo "$2; the app's last lines:" && tail -n 20 "$log"; }
  exit "$1"
}

# The kernel's list of sockets has the port in hex, and 0A for one that listens.
socket=$(printf '^ *[0-9]+: [0-9A-F]+:%04X [0-9A-F]+:0000 0A' "$1")
tries=0
until grep -Eqs "$socket" /proc/net/tcp /proc/net/tcp6; do
  [ ! -e "$log.ended" ] || end 75 "the app ended with code $(cat "$log.ended") before it listened on port $1"
  [ $((tries += 1)) -lt 300 ] || end 75 "the app does not listen on port $1"
  sleep 0.2
done
APP_URL=http://127.0.0.1:$1 sh -c "$3"
code=$?
end $code "the suite ended with code $code"
`

// Args is the command that runs Script.
func Args(port int, start, suite string) string {
	return strings.Join([]string{"sh", Program, strconv.Itoa(port), shellescape.Quote(start), shellescape.Quote(suite), Log}, " ")
}

// TrialOf is the trial whose only command has this verdict.
func TrialOf(v step.Verdict, suite string) Trial {
	t := Trial{Result: Failed, Started: v.Started, Seconds: v.Seconds}
	ended := v.Commands[0]
	t.Last = ended.Last
	switch {
	case ended.Code == nil:
		t.Why = fmt.Sprintf("its suite `%s` did not end in time", suite)
	case *ended.Code == 0:
		t.Result = Passed
	case *ended.Code == NotReady:
		t.Result = Waits
		t.Why = fmt.Sprintf("its suite `%s` reports it, or the app did not start", suite)
	default:
		t.Why = fmt.Sprintf("its suite `%s` ended with code %d", suite, *ended.Code)
	}
	return t
}

// NoSchema is the trial of an image for which the other image left no schema. The verdict is of the other image, run
// alone: its exit code is the reason. It is late when it had not listened in time. Otherwise there is no reason, and no
// trial.
func NoSchema(v step.Verdict, late bool) (Trial, bool) {
	t := Trial{Result: NoTrial, Started: v.Started, Seconds: v.Seconds, Last: v.Commands[0].Last}
	switch code := v.Commands[0].Code; {
	case code != nil:
		t.Why = fmt.Sprintf("ended with code %d", *code)
	case late:
		t.Why = "did not listen on the port that [trial] names"
	default:
		return t, false
	}
	return t, true
}
