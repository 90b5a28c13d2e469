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

		// The module is the one it came from, and the folder is not.
		again := strings.ReplaceAll(strings.TrimPrefix(b.Command, "dagger call "), " source", " "+filepath.Join(out, "source"))
		got := c.call(strings.Fields(again)...).ok(t)
		wantNothingRan(t, got, began)
	}
}
