//go:build acceptance

package acceptance

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAnEditOfBackendCodeBuildsOnlyTheBackendAndKeepsTheData(t *testing.T) {
	w := deployed(t)
	const app = "renewa-app"
	old := w.runs(t, app)
	title := fmt.Sprintf("Before the edit %d", time.Now().UnixNano())
	write(t, app, title)
	// What does not change is in the engine's cache, as after any build.
	w.dagger(w.checkout, "call", "--progress=logs", "build", "sync").ok(t)
	w.edit(t, "renewa-one/backend/src/main.ts", "\n", fmt.Sprintf("\nconsole.info(\"edit %d\");\n", time.Now().UnixNano()))
	stop := visitor(t, app)
	deploy := w.call("--secrets", w.secrets(), "deploy", "--env", "development")
	deploy.args[2] = "--progress=plain"
	got := deploy.ok(t)
	stop()
	require.NotEqual(t, old, w.runs(t, app))
	require.True(t, has(t, app, title), "what was written before is gone")
	require.Contains(t, got.all, "1 machine updated")

	require.Contains(t, got.all, "| $ bun build backend/src/main.ts", "the backend was not built")
	require.NotContains(t, got.all, "| bun install v", "the dependencies were installed again")
	require.NotRegexp(t, `\| vite v`, got.all, "the page was built again")

	t.Run("gone back from", func(t *testing.T) { goesBack(t, w, old) })
	t.Run("promoted as kilobytes", func(t *testing.T) { promotesKilobytes(t, w) })
	w.restore(t)
}

// goesBack rolls back to the image from before the edit, and then to the new one. The data stays.
func goesBack(t *testing.T, w *world, old string) {
	edited := w.runs(t, "renewa-app")
	foreseen := w.call("--secrets", w.secrets(), "rollback", "--env", "development", "--plan").ok(t)
	require.Contains(t, foreseen.stdout, "back to release ")
	require.Contains(t, foreseen.stdout, old)
	require.Equal(t, edited, w.runs(t, "renewa-app"), "a plan moved something")
	got := w.call("--secrets", w.secrets(), "rollback", "--env", "development").ok(t)
	require.Equal(t, old, w.runs(t, "renewa-app"))
	require.Contains(t, got.stdout, old)
	require.Regexp(t, `(?m)^note +back to release \d+ of 20`, got.stdout)
	require.NotContains(t, got.all, built)
	var report map[string]any
	require.NoError(t, json.Unmarshal([]byte(w.call("report", "--env", "development", "--format", "json").ok(t).stdout), &report))
	require.Equal(t, "complete", report["status"])
	require.Contains(t, report["image"], old)
	require.Contains(t, report["note"], "back to release")
	require.NotContains(t, report, "release_command", "the database is ahead of that image")

	w.call("--secrets", w.secrets(), "rollback", "--env", "development", "--to", edited).ok(t)
	require.Equal(t, edited, w.runs(t, "renewa-app"))
}

// restore deploys the shared checkout to every stage.
func (w *world) restore(t testing.TB) {
	t.Helper()
	w.call("--secrets", w.secrets(), "deploy", "--env", "development").ok(t)
	w.call("--secrets", w.secrets(), "promote", "--from", "development", "--to", "staging").ok(t)
	w.call("--secrets", w.secrets(), "promote", "--from", "staging", "--to", "production").ok(t)
}
