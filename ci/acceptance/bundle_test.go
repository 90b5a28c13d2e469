//go:build acceptance

package acceptance

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The command of a complete bundle is the same step, so its result comes from the engine's cache.
func TestABundleIsAllThatAStepDependsOn(t *testing.T) {
	c, began := checked(t), time.Now()
	for step, want := range map[string]struct{ function, pin, file string }{
		"unit":     {"unit", "oven/bun:", "source/renewa-one/backend/src/vault.ts"},
		"gitleaks": {"scanner gitleaks", "zricethezav/gitleaks:", "source/.git/HEAD"},
	} {
		c.call(strings.Fields(want.function)...).ok(t)
		out := t.TempDir()
		c.call("step", "bundle", "--name", step, "-o", out).ok(t)
		require.FileExists(t, filepath.Join(out, want.file))
		text, err := os.ReadFile(filepath.Join(out, "bundle.json"))
		require.NoError(t, err)
		var b struct {
			Command string
			Source  string `json:"source_digest"`
			Images  map[string]string
		}
		require.NoError(t, json.Unmarshal(text, &b))
		require.Regexp(t, "^sha256:[0-9a-f]{64}$", b.Source)
		found := false
		for name, ref := range b.Images {
			require.Regexp(t, "@sha256:[0-9a-f]{64}$", ref, name)
			found = found || strings.HasPrefix(name, want.pin)
		}
		require.True(t, found, "%s is not among %v", want.pin, b.Images)

		// The command runs in the folder of the bundle, which has no module: -m MODULE --source source.
		again := strings.Replace(strings.Replace(b.Command, "MODULE", string(c), 1), "dagger call", "dagger call --progress=logs", 1)
		if server := os.Getenv("ADVISORIES"); server != "" {
			again = strings.Replace(again, "--source", "--advisories "+server+" --source", 1)
		}
		got := command{out, c.call("ci").env, strings.Fields(again)}.ok(t)
		wantNothingRan(t, got, began)
	}
}
