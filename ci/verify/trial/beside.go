package trial

import (
	"fmt"
	"strings"
)

// An App is an instance of the image that a test uses.
type App struct {
	Name  string // in errors, and of its log
	Host  string
	Port  int
	Ready string // the path of its readiness check; empty waits for any answer
}

// URL is the app's address for the test.
func (a App) URL() string { return fmt.Sprintf("http://%s:%d", a.Host, a.Port) }

// Paths in the container of a test.
const (
	With     = "/pipeline/with-app" // Beside itself
	Apps     = "/pipeline/apps"     // the text of Lines
	Services = "services"           // the apps' logs, beside the test's reports
)

// Lines has a line for each app, which Beside reads.
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

// Beside runs a test beside apps that Script runs: it waits until each answers, and keeps their logs. When an app ends
// it prints the app's last lines at once. The image must have sh and node.
const Beside = `#!/bin/sh
# The command and its arguments
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
last() { tail -n 25 "$here/logs/apps/$1.log" 2>/dev/null | sed 's/^/  /'; }

# Only the second sign of an end counts: the first may be left by an earlier container at the same address.
up() { # name, host, url, what is wanted
  own=$(address "$2") tries=0 ends=0
  until answers "$3" "$4"; do
    tries=$((tries + 1))
    if [ -e "$here/logs/apps/$own.ended" ]; then ends=$((ends + 1)); else ends=0; fi
    if [ "$ends" -ge 2 ] || [ "$tries" -ge 120 ]; then
      echo "$1 did not start: $3 does not answer as it should. The last lines of its log:"
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
    [ ! -e "$here/logs/apps/$own.ended" ] || [ -n "${down:-}" ] || { echo "$name ended during the test. The last lines of its log:"; last "$own"; }
    cp "$here/logs/apps/$own.log" "services/$name.log" 2>/dev/null
    rm -f "$here/logs/apps/$own.log" "$here/logs/apps/$own.ended"
  done <"$here/apps"
}
trap keep EXIT
trap 'exit 143' TERM

while read -r name host url want; do
  up "$name" "$host" "$url" "$want" || { down=$name; exit 1; }
done <"$here/apps"
"$@"
`
