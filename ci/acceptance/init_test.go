//go:build acceptance

package acceptance

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// A repository that was deployed by flyctl gets its pipeline.toml, and is planned without an edit.
func TestARepositoryWithAFlyTomlIsDraftedAndPlanned(t *testing.T) {
	t.Parallel()
	w := deployed(t)
	dir := t.TempDir()
	for name, text := range map[string]string{
		"fly.toml":                    "app = \"drafted\"\nprimary_region = \"fra\"\nprocesses = []\n\n[http_service]\ninternal_port = 8080\nauto_stop_machines = true\n",
		"fly.staging.toml":            "app = \"drafted-staging\"\nprimary_region = \"fra\"\n\n[http_service]\ninternal_port = 8080\n",
		"Dockerfile":                  "FROM nginx:1.29-alpine\n",
		"server.js":                   "const key = process.env.MAIL_API_KEY;\n",
		".env.example":                "MAIL_API_KEY=planted\n",
		".github/workflows/ship.yml":  "run: flyctl apps create drafted --org personal\n",
		"node_modules/other/index.js": "process.env.OTHER_API_KEY;\n",
	} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o700))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	}
	there := checkout(dir)
	by := func(args ...string) command {
		return w.dagger(there, append([]string{"-m", string(w.checkout), "call", "--progress=logs"}, args...)...)
	}
	by("init", "--source", ".", "-o", ".").ok(t)
	text, err := os.ReadFile(filepath.Join(dir, "pipeline.toml"))
	require.NoError(t, err)
	for _, want := range []string{
		"name = \"staging\"\nconfig = \"fly.staging.toml\"", "name = \"production\"\nconfig = \"fly.toml\"",
		"# guess: .github/workflows/ship.yml:1;", "# guess: server.js:1 reads it without a default", "name = \"MAIL_API_KEY\"",
	} {
		require.Contains(t, string(text), want)
	}
	require.NotContains(t, string(text), "OTHER_API_KEY")
	example, err := os.ReadFile(filepath.Join(dir, ".env.example"))
	require.NoError(t, err)
	require.Equal(t, "MAIL_API_KEY=planted\n", string(example), "a file that exists stays")

	again := by("init", "--source", ".", "-o", ".").run(t)
	require.NotZero(t, again.code)
	require.Contains(t, again.all, "pipeline.toml exists already, and init overwrites nothing")

	out, err := there.git("init", "-q")
	require.NoError(t, err, out)
	require.NoError(t, there.commit("drafted"))
	secrets := filepath.Join(t.TempDir(), "secrets.json")
	require.NoError(t, os.WriteFile(secrets, []byte(`{"MAIL_API_KEY":"for a test"}`), 0o600))
	on := []string{"--source", ".", "--git", ".", "--token", "file://" + w.token(), "--fly", "tcp://127.0.0.1:" + w.port, "--secrets", "file://" + secrets}
	by(append(on, "setup", "--env", "staging", "--apply")...).ok(t)
	t.Cleanup(func() { w.must(t, "DELETE", "/v1/apps/drafted-staging", nil, nil) })
	planned := by(append(on, "plan", "--env", "staging")...).ok(t)
	require.Contains(t, planned.stdout, "drafted-staging")
}
