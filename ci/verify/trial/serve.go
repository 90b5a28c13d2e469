package trial

import "strings"

// Where things lie in the containers of a trial.
const (
	Program = "/pipeline/serve" // Script itself
	Heard   = "/pipeline/heard" // a volume that the app's container and the test's share, with the folder said
)

// Script is what the app's container runs, so that an app that dies can be asked why: the engine tells of a
// service that ended nothing but its exit code. The image must have sh and awk.
const Script = `# $1 the release command, or nothing; $2 the command that serves
set -u
# Who tests the app knows its address.
own=$(awk '/32 host LOCAL/ && at !~ /^127\./ { print at; exit } { at = $2 }' /proc/net/fib_trie)
said=$(dirname "$0")/heard/said/$own
rm -f "$said.log" "$said.ended"
{
  if [ -z "$1" ] || RELEASE_COMMAND=1 sh -c "$1"; then
    sh -c "$2"
    echo "the app ended with code $?"
  else
    echo "the release command ended with code $?"
  fi
} >"$said.log" 2>&1
: >"$said.ended"
exec tail -f /dev/null # its end is for the test to tell
`

// Args starts the app by Script. A migration is part of the start and no step before it: its result lies in a
// database that is new each time, while a step that nothing changed is not run again.
func (r Run) Args() []string {
	return []string{"sh", Program, quoted(r.Release), quoted(r.Serve)}
}

// quoted makes of words what a shell reads as these words.
func quoted(words []string) string {
	list := make([]string, len(words))
	for i, w := range words {
		list[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
	}
	return strings.Join(list, " ")
}
