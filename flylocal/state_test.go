package flylocal_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	fly "github.com/superfly/fly-go"
	"github.com/superfly/fly-go/flaps"

	"github.com/renewa/pipeline/flylocal"
	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/scripted"
)

func withState(dir string) flylocal.Option { return flylocal.WithState(dir) }

// The second Fly opens the folder of the first, which was not closed: as after a kill.
func TestNothingAcknowledgedIsLostByAKill(t *testing.T) {
	dir, host := t.TempDir(), scripted.New(nil)
	w := open(t, withState(dir), flylocal.WithHost(host))
	app := w.app("web")
	_, err := w.flaps.SetAppSecret(t.Context(), app, "KEY", "v")
	require.NoError(t, err)
	vol, err := w.flaps.CreateVolume(t.Context(), app, fly.CreateVolumeRequest{Name: "data", SizeGb: ptr(1)})
	require.NoError(t, err)
	_, err = w.flaps.AssignIP(t.Context(), app, flaps.AssignIPRequest{Type: "shared_v4"})
	require.NoError(t, err)
	cfg := web()
	cfg.Mounts = []fly.MachineMount{{Volume: vol.ID, Path: "/data"}}
	m := w.launch(app, cfg)
	ttl := 60
	lease, err := w.flaps.AcquireLease(t.Context(), app, m.ID, &ttl)
	require.NoError(t, err)
	status, release := w.do("POST", "/api/v1/releases", w.fly.OrgToken(), map[string]any{"app_name": app, "image": "x", "strategy": "ROLLING"})
	require.Equal(t, 201, status, release)
	before := w.get(app, m.ID)

	w = open(t, withState(dir), flylocal.WithHost(host))
	after := w.get(app, m.ID)
	require.Equal(t, before.InstanceID, after.InstanceID)
	require.Equal(t, "started", after.State)
	require.Len(t, host.Started(), 1, "the machine was not touched")
	require.Error(t, w.flaps.Cordon(t.Context(), app, m.ID, ""), "the lease is in force")
	require.NoError(t, w.flaps.ReleaseLease(t.Context(), app, m.ID, lease.Data.Nonce))
	secrets, err := w.flaps.ListAppSecrets(t.Context(), app, nil, true)
	require.NoError(t, err)
	require.Equal(t, "v", *secrets[0].Value)
	ips, err := w.flaps.GetIPAssignments(t.Context(), app)
	require.NoError(t, err)
	require.Len(t, ips.IPs, 1)
	got, err := w.flaps.GetVolume(t.Context(), app, vol.ID)
	require.NoError(t, err)
	require.Equal(t, m.ID, *got.AttachedMachine)
	_, body := w.do("GET", "/api/v1/apps/web/releases", w.fly.OrgToken(), nil)
	require.Contains(t, body, `"version":1`)
	w.until("its checks are done again", func() bool {
		m := w.get(app, m.ID)
		return len(m.Checks) == 1 && m.Checks[0].Status == fly.Passing
	})
}

func TestAfterAKillMachinesAreAsTheyShouldBe(t *testing.T) {
	dir := t.TempDir()
	first := scripted.New(nil)
	w := open(t, withState(dir), flylocal.WithHost(first))
	app := w.app("web")
	runs, stopped, gone := w.launch(app, web()), w.launch(app, web()), w.launch(app, web())
	require.NoError(t, w.flaps.Stop(t.Context(), app, fly.StopMachineInput{ID: stopped.ID}, ""))
	require.NoError(t, w.flaps.Wait(t.Context(), app, stopped, "stopped", patience))
	w.fly.Close()

	second := scripted.New(nil) // the engine lost all processes, and has one of no machine
	require.NoError(t, second.Start(t.Context(), cloud.Spec{Key: cloud.Key{App: "web", Machine: "00000000000000"}}))
	w = open(t, withState(dir), flylocal.WithHost(second))
	for _, m := range []*fly.Machine{runs, gone} {
		require.NoError(t, w.flaps.Wait(t.Context(), app, m, "started", patience))
	}
	w.until("two run", func() bool {
		found, _ := second.Found(t.Context())
		return len(found) == 2
	})
	require.Equal(t, "stopped", w.get(app, stopped.ID).State)
	for _, f := range must(second.Found(t.Context())) {
		require.NotEqual(t, "00000000000000", f.Machine, "a process of no machine is removed")
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestACommandThatMustRunOnceDoesNotRunTwice(t *testing.T) {
	dir := t.TempDir()
	w := open(t, withState(dir), flylocal.WithHost(scripted.New(func(cloud.Spec) scripted.Act { return scripted.Act{} })))
	app := w.app("web")
	cfg := web()
	cfg.AutoDestroy, cfg.Restart = true, &fly.MachineRestart{Policy: fly.MachineRestartPolicyNo}
	m := w.launch(app, cfg)
	w.fly.Close()
	second := scripted.New(nil)
	w = open(t, withState(dir), flylocal.WithHost(second))
	require.NoError(t, w.flaps.Wait(t.Context(), app, m, "destroyed", patience))
	require.Empty(t, second.Started())
	exit := w.get(app, m.ID).GetLatestEventOfType("exit")
	require.Equal(t, 1, exit.Request.ExitEvent.ExitCode, "a process whose end nobody recorded counts as failed")
}

func TestSecretsAreForTheirOwnerAlone(t *testing.T) {
	dir := t.TempDir()
	w := open(t, withState(dir))
	app := w.app("web")
	_, err := w.flaps.SetAppSecret(t.Context(), app, "KEY", "sesame-open")
	require.NoError(t, err)
	require.NoError(t, filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		require.NoError(t, err)
		if !info.IsDir() && !strings.HasSuffix(path, ".sock") {
			require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), path)
		}
		return nil
	}))
}
