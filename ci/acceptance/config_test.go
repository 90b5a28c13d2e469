//go:build acceptance

package acceptance

import (
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
				[]string{`fly.development.toml:19: http_service.internal_port: "web" is not a port`},
			},
			"an unknown key in fly.toml": {
				"fly.staging.toml", "auto_stop_machines =", "auto_stop_machine =",
				[]string{`fly.staging.toml:21: http_service.auto_stop_machine: unknown key, did you mean "auto_stop_machines"?`},
			},
			"a fly.toml that is not there": {
				"pipeline.toml", "fly.production.toml", "fly.prod.toml",
				[]string{"read the fly.toml of stage production", "fly.prod.toml"},
			},
			"two stages with one app": {
				"fly.staging.toml", `app = "renewa-app-staging"`, `app = "renewa-app"`,
				[]string{"pipeline.toml:28: stage staging is the app renewa-app, and so is stage development"},
			},
			"an unknown key in pipeline.toml": {
				"pipeline.toml", "version_path =", "version_pth =",
				[]string{`pipeline.toml:10: app.version_pth: unknown key, did you mean "version_path"?`},
			},
			"an app that does not exist": {
				"fly.development.toml", `app = "renewa-app"`, `app = "renewa-nowhere"`,
				[]string{"app renewa-nowhere does not exist on flylocal (127.0.0.1:" + testPort + ")", "dagger call setup --env development"},
			},
			"an image that is too big": {
				"pipeline.toml", "max_size_mb = 110", "max_size_mb = 1",
				[]string{"MB compressed, pipeline.toml allows 1: nothing was deployed"},
			},
		} {
			t.Run(reason, func(t *testing.T) {
				t.Parallel()
				source := another(t)
				source.edit(t, c.file, c.old, c.new)
				wantRefusal(t, w.of(source, "deploy", "--env", "development", "--secrets", w.secrets()).run(t), c.want...)
			})
		}
	})
	require.Equal(t, before, w.everything(t))
}
