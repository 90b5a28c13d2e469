package flylocal_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	fly "github.com/superfly/fly-go"

	"github.com/renewa/pipeline/flylocal/scripted"
)

func ptr[T any](v T) *T { return &v }

func last(h *scripted.Host) map[string]string {
	runs := h.Started()
	return runs[len(runs)-1].Env
}

// This is what makes "staged" secrets: they are there, and no machine has them before its next update.
func TestAMachineGetsItsSecretsAtItsUpdate(t *testing.T) {
	w := open(t)
	app := w.app("web")
	cfg := web()
	cfg.Env = map[string]string{"A": "config", "B": "config"}
	m := w.launch(app, cfg)
	set, err := w.flaps.UpdateAppSecrets(t.Context(), app, map[string]*string{"A": ptr("secret"), "C": ptr("x")})
	require.NoError(t, err)
	require.EqualValues(t, 1, set.Version)
	require.Nil(t, set.Secrets[0].Value, "values are not shown")

	require.NoError(t, w.flaps.Restart(t.Context(), app, fly.RestartMachineInput{ID: m.ID}, ""))
	require.NoError(t, w.flaps.Wait(t.Context(), app, m, "started", patience))
	require.Equal(t, "config", last(w.fly.Scripted())["A"], "a restart is no update")

	m, err = w.flaps.Update(t.Context(), app, fly.LaunchMachineInput{ID: m.ID, Config: cfg, MinSecretsVersion: &set.Version}, "")
	require.NoError(t, err)
	require.NoError(t, w.flaps.Wait(t.Context(), app, m, "started", patience))
	env := last(w.fly.Scripted())
	require.Equal(t, "secret", env["A"], "a secret wins over the config")
	require.Equal(t, "config", env["B"])

	gone, err := w.flaps.UpdateAppSecrets(t.Context(), app, map[string]*string{"A": nil})
	require.NoError(t, err)
	require.EqualValues(t, 2, gone.Version)
	require.Len(t, gone.Secrets, 1)
	require.Equal(t, set.Secrets[1].Digest, gone.Secrets[0].Digest, "the same value, the same digest")
}

func TestASecretsVersionThatIsNotThereIsRefused(t *testing.T) {
	w := open(t)
	app := w.app("web")
	_, err := w.flaps.Launch(t.Context(), app, fly.LaunchMachineInput{Config: web(), MinSecretsVersion: ptr(uint64(3))})
	require.ErrorContains(t, err, "secrets version 3 does not exist yet: the app is at version 0")
	_, err = w.flaps.ListAppSecrets(t.Context(), app, ptr(uint64(1)), false)
	require.Error(t, err)
}

func TestSecretsOneByOne(t *testing.T) {
	w := open(t)
	app := w.app("web")
	one, err := w.flaps.SetAppSecret(t.Context(), app, "KEY", "value")
	require.NoError(t, err)
	require.EqualValues(t, 1, one.Version)
	got, err := w.flaps.GetAppSecrets(t.Context(), app, "KEY", nil, true)
	require.NoError(t, err)
	require.Equal(t, "value", *got.Value)
	list, err := w.flaps.ListAppSecrets(t.Context(), app, nil, false)
	require.NoError(t, err)
	require.Nil(t, list[0].Value)
	deleted, err := w.flaps.DeleteAppSecret(t.Context(), app, "KEY")
	require.NoError(t, err)
	require.EqualValues(t, 2, deleted.Version)
	_, err = w.flaps.GetAppSecrets(t.Context(), app, "KEY", nil, false)
	require.ErrorContains(t, err, "secret not found")
}

func TestAFileCanBeASecret(t *testing.T) {
	w := open(t)
	app := w.app("web")
	_, err := w.flaps.SetAppSecret(t.Context(), app, "CERT", "aGVsbG8=")
	require.NoError(t, err)
	cfg := web()
	cfg.Files = []*fly.File{{GuestPath: "/etc/a", RawValue: ptr("cmF3")}, {GuestPath: "/etc/b", SecretName: ptr("CERT")}}
	w.launch(app, cfg)
	files := w.fly.Scripted().Started()[0].Files
	require.Equal(t, "raw", string(files[0].Data))
	require.Equal(t, "hello", string(files[1].Data))
	cfg.Files[0].RawValue = ptr("not base64!")
	_, err = w.flaps.Launch(t.Context(), app, fly.LaunchMachineInput{Config: cfg})
	require.ErrorContains(t, err, "raw_value is not base64")
}
