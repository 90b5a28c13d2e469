//go:build acceptance

package acceptance

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// driftOf is the text of docs/migrations.md for the database of an environment on flylocal, with this flylocal's state.
func driftOf(t *testing.T, w *world) string {
	t.Helper()
	docs, err := os.ReadFile(w.path("docs/migrations.md"))
	require.NoError(t, err)
	script := regexp.MustCompile("(?s)```sh\n(database=.*?)```").FindStringSubmatch(string(docs))
	require.NotNil(t, script)
	return strings.NewReplacer(
		"~/.local/state/pipeline/flylocal-4280/secrets.json", strings.TrimPrefix(w.secrets(), "file://"),
		"docker ps -q -f label=", "docker ps -q -f label=flylocal="+w.port+" -f label=",
		"dagger call drift", "dagger call --progress=logs drift",
	).Replace(script[1])
}

func TestADatabaseOfFlylocalIsComparedAsTheDocsDescribe(t *testing.T) {
	w := deployed(t)
	got := command{string(w.checkout), w.environment(), []string{"sh", "-c", "set -e\n" + driftOf(t, w)}}.ok(t)
	require.Contains(t, got.stdout, "the database is at version ")
}

func TestADatabaseThatDoesNotAnswerIsReportedInTheUsersWords(t *testing.T) {
	w := deployed(t)
	drift := func(address string, more ...string) command {
		return w.dagger(w.checkout, append([]string{"-s", "call", "drift", "--database", file(t, address)}, more...)...)
	}
	wantRefusal(t, drift("postgres://app:planted-77@127.0.0.1:9/none\n").run(t), "the database given by --database does not answer: ", "needs --through tcp://127.0.0.1:PORT")
	got := drift("postgres://app:planted-77@through:4291/none", "--through", "tcp://127.0.0.1:4291").run(t)
	wantRefusal(t, got, "the database given by --database does not answer: ", "listens on the port of this machine that --through names")
	require.NotContains(t, got.all, "DATABASE_TO_COMPARE")
	require.NotContains(t, got.all, "planted-77")
}
