package flylocal_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	fly "github.com/superfly/fly-go"
)

func TestALeaseKeepsOthersAway(t *testing.T) {
	w := open(t)
	app := w.app("web")
	m := w.launch(app, web())
	ttl := 60
	lease, err := w.flaps.AcquireLease(t.Context(), app, m.ID, &ttl)
	require.NoError(t, err)
	require.Equal(t, "success", lease.Status)
	require.Equal(t, m.InstanceID, lease.Data.Version)
	held := lease.Data.Nonce

	others := map[string]func(nonce string) error{
		"update": func(n string) error {
			_, err := w.flaps.Update(t.Context(), app, fly.LaunchMachineInput{ID: m.ID, Config: web()}, n)
			return err
		},
		"stop":     func(n string) error { return w.flaps.Stop(t.Context(), app, fly.StopMachineInput{ID: m.ID}, n) },
		"start":    func(n string) error { _, err := w.flaps.Start(t.Context(), app, m.ID, n); return err },
		"restart":  func(n string) error { return w.flaps.Restart(t.Context(), app, fly.RestartMachineInput{ID: m.ID}, n) },
		"cordon":   func(n string) error { return w.flaps.Cordon(t.Context(), app, m.ID, n) },
		"uncordon": func(n string) error { return w.flaps.Uncordon(t.Context(), app, m.ID, n) },
		"destroy": func(n string) error {
			return w.flaps.Destroy(t.Context(), app, fly.RemoveMachineInput{ID: m.ID, Kill: true}, n)
		},
		"release": func(n string) error { return w.flaps.ReleaseLease(t.Context(), app, m.ID, n) },
		"lease":   func(n string) error { _, err := w.flaps.RefreshLease(t.Context(), app, m.ID, &ttl, n); return err },
	}
	for name, act := range others {
		for who, nonce := range map[string]string{"without a nonce": "", "with another": "0000"} {
			t.Run(name+" "+who, func(t *testing.T) {
				require.ErrorContains(t, act(nonce), "lease currently held by org@tokens.localhost, expires at")
			})
		}
	}
	again, err := w.flaps.RefreshLease(t.Context(), app, m.ID, &ttl, held)
	require.NoError(t, err)
	require.Equal(t, held, again.Data.Nonce)
	found, err := w.flaps.FindLease(t.Context(), app, m.ID)
	require.NoError(t, err)
	require.Empty(t, found.Data.Nonce, "the nonce is for its holder")
	require.NoError(t, others["stop"](held))
	require.NoError(t, others["release"](held))
	require.ErrorContains(t, others["release"](held), "lease not found")
	_, err = w.flaps.FindLease(t.Context(), app, m.ID)
	require.ErrorContains(t, err, "lease not found")
	require.NoError(t, others["destroy"](held), "without a lease any nonce will do")
}

func TestALaunchCanComeWithALease(t *testing.T) {
	w := open(t)
	app := w.app("web")
	m, err := w.flaps.Launch(t.Context(), app, fly.LaunchMachineInput{Config: web(), LeaseTTL: 30})
	require.NoError(t, err)
	require.NotEmpty(t, m.LeaseNonce)
	require.NoError(t, w.flaps.Wait(t.Context(), app, m, "started", patience))
	require.Empty(t, w.get(app, m.ID).LeaseNonce, "only the launch answers it")
	require.Error(t, w.flaps.Cordon(t.Context(), app, m.ID, ""))
	require.NoError(t, w.flaps.ReleaseLease(t.Context(), app, m.ID, m.LeaseNonce))
}
