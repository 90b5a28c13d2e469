package trial_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/config/flytoml"
	"github.com/renewa/pipeline/ci/verify/trial"
)

const plain = "app = \"shop\"\nprimary_region = \"fra\"\n"

func of(t *testing.T, text string) trial.Run {
	t.Helper()
	c, _, err := flytoml.Parse("fly.toml", []byte(text))
	require.NoError(t, err)
	r, err := trial.Of(c, trial.Image{Entrypoint: []string{"/init", "--"}, Cmd: []string{"serve"}})
	require.NoError(t, err)
	return r
}

func TestAnAppThatStatesNothingRunsTheCommandsOfItsImage(t *testing.T) {
	r := of(t, plain)
	require.Equal(t, []string{"/init", "--", "serve"}, r.Serve)
	require.Nil(t, r.Release)
	require.Empty(t, r.Ready)
	require.Equal(t, "fra", r.Env["PRIMARY_REGION"])
}

func TestTheReleaseCommandTakesThePlaceOfTheImagesCommandAsOnFly(t *testing.T) {
	r := of(t, plain+"[deploy]\nrelease_command = \"/migrate 'all of it'\"\n")
	require.Equal(t, []string{"/init", "--", "/migrate", "all of it"}, r.Release)
	require.Equal(t, []string{"sh", trial.Program, `/init -- /migrate 'all of it'`, `/init -- serve`}, r.Args())
}

func TestTheGroupThatAnswersRequestsIsTheOneThatIsTried(t *testing.T) {
	r := of(t, plain+`[env]
KEY = "value"
[processes]
app = "work"
web = "serve --port 8080"
[http_service]
internal_port = 8080
processes = ["web"]
[[http_service.checks]]
path = "/ready"
`)
	require.Equal(t, []string{"/init", "--", "serve", "--port", "8080"}, r.Serve)
	require.Equal(t, "/ready", r.Ready)
	require.Equal(t, "value", r.Env["KEY"])
}

func TestAnEntrypointOfTheStageStandsAlone(t *testing.T) {
	require.Equal(t, []string{"/other"}, of(t, plain+"[experimental]\nentrypoint = [\"/other\"]\n").Serve)
	require.Equal(t, []string{"/bin/all", "of"}, of(t, plain+"[experimental]\nexec = [\"/bin/all\", \"of\"]\n").Serve)
}

func TestAnArgumentWithAnApostropheReachesTheAppUnchanged(t *testing.T) {
	r := trial.Run{Serve: []string{"it's", "$HOME"}}
	require.Equal(t, `'it'"'"'s' '$HOME'`, r.Args()[3])
	require.Empty(t, r.Args()[2])
}

func TestAnAppThatStatesNoCheckIsWaitedForUntilItAnswersAnything(t *testing.T) {
	apps := []trial.App{{Name: "app", Host: "app.test", Port: 8080, Ready: "/readyz"}, {Name: "failing", Host: "failing.test", Port: 80}}
	require.Equal(t, "app app.test http://app.test:8080/readyz ready\nfailing failing.test http://failing.test:80/ any\n", trial.Lines(apps))
}
