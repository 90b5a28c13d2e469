package trial

import (
	"fmt"
	"strings"
)

// An App is an instance that a test talks to.
type App struct {
	Name  string // for its log and for who reads an error
	Host  string
	Port  int
	Ready string // a path that answers well once the app can serve; empty waits for any answer
}

// URL is where the test finds it.
func (a App) URL() string { return fmt.Sprintf("http://%s:%d", a.Host, a.Port) }

// Where Beside lies, and what it reads and leaves.
const (
	With     = "/pipeline/with-app" // Beside itself
	Apps     = "/pipeline/apps"     // what Lines says
	Services = "services"           // what each app said, beside the test's reports
)

// Lines are apps as Beside reads them.
func Lines(apps []App) string {
	var b strings.Builder
	for _, a := range apps {
		want := "any"
		if a.Ready != "" {
			want = "ready"
		}
		fmt.Fprintf(&b, "%s %s %s%s %s\n", a.Name, a.Host, a.URL(), "/"+strings.TrimPrefix(a.Ready, "/"), want)
	}
	return b.String()
}

// Beside runs a test beside apps that Script runs: it waits until each answers, and keeps what they said. An app
// that ended is told at once with its last lines. The image must have sh and node.
const Beside = `#!/bin/sh
# The command and its words
set -u
here=$(dirname "$0")
address() { getent hosts "$1" | awk '{ print $1; exit }'; }

# A proxy answers 502 for an app that it does not reach yet.
answers() {
  node -e 'const [url, want] = process.argv.slice(1)
    fetch(url, { redirect: "manual", signal: AbortSignal.timeout(3000) }).then(
      (r) => process.exit(Number(want === "ready" ? !r.ok : r.status === 502)),
      () => process.exit(1))' "$1" "$2"
}
last() { tail -n 25 "$here/heard/said/$1.log" 2>/dev/null | sed 's/^/  /'; }

# An end counts when it is seen twice: the first may be of an earlier container at the same address.
up() { # name, host, url, what is wanted
  own=$(address "$2") tries=0 ends=0
  until answers "$3" "$4"; do
    tries=$((tries + 1))
    if [ -e "$here/heard/said/$own.ended" ]; then ends=$((ends + 1)); else ends=0; fi
    if [ "$ends" -ge 2 ] || [ "$tries" -ge 120 ]; then
      echo "$1 did not come up: $3 does not answer as it should. The last it said:"
      last "$own"
      return 1
    fi
    sleep 1
  done
}

keep() {
  mkdir -p services
  while read -r name host url want; do
    own=$(address "$host")
    [ ! -e "$here/heard/said/$own.ended" ] || [ -n "${down:-}" ] || { echo "$name ended during the test. The last it said:"; last "$own"; }
    cp "$here/heard/said/$own.log" "services/$name.log" 2>/dev/null
    rm -f "$here/heard/said/$own.log" "$here/heard/said/$own.ended"
  done <"$here/apps"
}
trap keep EXIT
trap 'exit 143' TERM

while read -r name host url want; do
  up "$name" "$host" "$url" "$want" || { down=$name; exit 1; }
done <"$here/apps"
"$@"
`
