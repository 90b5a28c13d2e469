//go:build acceptance

package acceptance

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAPlanAndADifferenceOfSecretsMoveNothingAndShowNoValue(t *testing.T) {
	w := deployed(t)
	before := w.everything(t)
	var given map[string]map[string]string
	text, err := os.ReadFile(filepath.Join(filepath.Dir(w.token()), "secrets.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &given))
	given["staging"]["JWT_SECRET"] = "planted-" + given["staging"]["JWT_SECRET"]
	changed := filepath.Join(t.TempDir(), "secrets.json")
	text, err = json.Marshal(given)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(changed, text, 0o600))

	got := w.call("--secrets", "file://"+changed, "secrets", "--env", "staging").ok(t)
	require.Regexp(t, `(?m)^ +changed +JWT_SECRET$`, got.stdout)
	require.NotContains(t, got.all, "planted-")

	got = w.call("--secrets", "file://"+changed, "plan", "--env", "staging", "--format", "json").ok(t)
	require.NotContains(t, got.all, "planted-")
	var plan struct {
		Image    string
		Nothing  bool
		Release  string `json:"release_command"`
		Machines []struct{ Action string }
		Secrets  struct{ Changed []string }
	}
	require.NoError(t, json.Unmarshal([]byte(got.stdout), &plan))
	require.Contains(t, plan.Image, w.runs(t, "renewa-app"), "what development runs")
	require.False(t, plan.Nothing)
	require.NotEmpty(t, plan.Release)
	require.Equal(t, []string{"JWT_SECRET"}, plan.Secrets.Changed)
	require.Equal(t, "update", plan.Machines[0].Action)

	got = w.call("--secrets", w.secrets(), "plan", "--env", "development").ok(t)
	require.Contains(t, got.stdout, "nothing to do")
	require.NotContains(t, got.all, built)
	require.Equal(t, before, w.everything(t))
}

func TestHistoryListsReleasesWithTheDigestsToGoBackTo(t *testing.T) {
	t.Parallel()
	w := deployed(t)
	got := w.call("history", "--env", "production").ok(t)
	require.Contains(t, got.stdout, "production (renewa-app-production), * runs now\n  RELEASE  STATUS")
	var list struct {
		Running  string
		Releases []struct {
			Status, Digest string
			Running        bool
		}
	}
	require.NoError(t, json.Unmarshal([]byte(w.call("history", "--env", "production", "--format", "json").ok(t).stdout), &list))
	require.NotEmpty(t, list.Releases)
	require.Equal(t, w.runs(t, "renewa-app-production"), list.Running)
}
