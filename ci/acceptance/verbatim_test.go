//go:build acceptance

package acceptance

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The commands that ci/testdata/commands.txt lists as verbatim run as people read them, in a folder with the .env of `make up`.
// Only the digest of an example is replaced, by one that the registry has, and the folder of results, by one outside the sources.
func TestTheCommandsThatPeopleReadRunAsTheyStand(t *testing.T) {
	t.Parallel()
	w := deployed(t)
	registry, err := os.ReadFile(w.path("ci/testdata/commands.txt"))
	require.NoError(t, err)
	values := strings.NewReplacer("sha256:4f0c…", w.runs(t, "renewa-app-production"), " -o results", " -o "+t.TempDir())
	env := append(w.environment(), "GITHUB_STEP_SUMMARY="+filepath.Join(t.TempDir(), "summary"))
	ran := 0
	for line := range strings.Lines(string(registry)) {
		text, verbatim := strings.CutSuffix(strings.TrimSpace(line), " => verbatim")
		if !verbatim {
			continue
		}
		ran++
		t.Run(text, func(t *testing.T) {
			call := strings.Replace(values.Replace(text), "dagger call", "dagger --progress=logs call", 1)
			got := command{string(w.checkout), env, []string{"sh", "-c", call}}.ok(t)
			require.NotEmpty(t, got.stdout+got.stderr)
		})
	}
	require.Greater(t, ran, 10)
}
