package trial

import "al.essio.dev/pkg/shellescape"

// Paths in the containers of a trial.
const (
	Program   = "/pipeline/serve" // Script itself
	Logs      = "/pipeline/logs"  // a volume of the app's container and the test's
	LogFolder = "apps"            // the folder in that volume
)

// Script starts the app and keeps its log, also of an app that ends: the engine reports only the exit code of such a
// service. The image must have sh and awk.
const Script = `# $1 the release command, may be empty; $2 the command that serves
set -u
# The test finds the log by the app's address.
own=$(awk '/32 host LOCAL/ && at !~ /^127\./ { print at; exit } { at = $2 }' /proc/net/fib_trie)
log=$(dirname "$0")/logs/apps/$own
rm -f "$log.log" "$log.ended"
{
  if [ -z "$1" ] || RELEASE_COMMAND=1 sh -c "$1"; then
    sh -c "$2"
    echo "the app ended with code $?"
  else
    echo "the release command ended with code $?"
  fi
} >"$log.log" 2>&1
: >"$log.ended"
exec tail -f /dev/null # the test reports the end
`

// Args is the command line that starts the app by Script. The migration is part of the start: each start has a new
// database, while the engine would not repeat an unchanged step before it.
func (r Run) Args() []string {
	return []string{"sh", Program, shellescape.QuoteCommand(r.Release), shellescape.QuoteCommand(r.Serve)}
}
