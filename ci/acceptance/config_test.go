//go:build acceptance

package acceptance

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAMistakeInConfigurationIsNamedByFileLineAndKeyAndMovesNothing(t *testing.T) {
	t.Parallel()
	w := deployed(t)
	before := w.everything(t)
	t.Run("it", func(t *testing.T) {
		for reason, c := range map[string]struct {
			file, old, new string
			want           []string
		}{
			"a type error in fly.toml": {
				"fly.development.toml", "internal_port = 8080", `internal_port = "web"`,
				[]string{line(t, "fly.development.toml", "internal_port", 1) + `http_service.internal_port: "web" is not a port`},
			},
			"an unknown key in fly.toml": {
				"fly.staging.toml", "auto_stop_machines =", "auto_stop_machine =",
				[]string{line(t, "fly.staging.toml", "auto_stop_machines", 1) + `http_service.auto_stop_machine: unknown key, did you mean "auto_stop_machines"?`},
			},
			"a fly.toml that is not there": {
				"pipeline.toml", "fly.production.toml", "fly.prod.toml",
				[]string{line(t, "pipeline.toml", "config = \"fly.production.toml\"", 1) + `stage[2].config: fly.prod.toml does not exist: name one that exists: fly.development.toml, `},
			},
			"two stages with one app": {
				"fly.staging.toml", `app = "renewa-app-staging"`, `app = "renewa-app"`,
				[]string{line(t, "pipeline.toml", "[[stage]]", 2) + "environment development and environment staging are both the app renewa-app"},
			},
			"an unknown key in pipeline.toml": {
				"pipeline.toml", "version_path =", "version_pth =",
				[]string{line(t, "pipeline.toml", "version_path", 1) + `app.version_pth: unknown key, did you mean "version_path"?`},
			},
			"an app that does not exist": {
				"fly.development.toml", `app = "renewa-app"`, `app = "renewa-nowhere"`,
				[]string{"app renewa-nowhere of environment development does not exist on flylocal (127.0.0.1:" + testPort + ")", "dagger call setup --env development"},
			},
			"an image that is too big": {
				"pipeline.toml", "max_size_mb = 110", "max_size_mb = 1",
				[]string{"MB compressed, max_size_mb in pipeline.toml allows 1: nothing was deployed"},
			},
		} {
			t.Run(reason, func(t *testing.T) {
				t.Parallel()
				source := another(t)
				source.edit(t, c.file, c.old, c.new)
				wantRefusal(t, w.of(source, "--secrets", w.secrets(), "deploy", "--env", "development").run(t), c.want...)
			})
		}
	})
	require.Equal(t, before, w.everything(t))
}

// line is the prefix "file:line: " of a problem, for the n-th line that has a text.
func line(t testing.TB, file, text string, n int) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(repository, file))
	require.NoError(t, err)
	for i, l := range strings.Split(string(content), "\n") {
		if strings.Contains(l, text) && !strings.HasPrefix(l, "#") {
			if n--; n == 0 {
				return fmt.Sprintf("%s:%d: ", file, i+1)
			}
		}
	}
	t.Fatalf("%s has no %q", file, text)
	return ""
}
