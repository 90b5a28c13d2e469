package deploy_test

import (
	"maps"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/crane"
	"github.com/stretchr/testify/require"
	gofly "github.com/superfly/fly-go"
	"github.com/superfly/fly-go/flaps"
	"github.com/superfly/fly-go/tokens"

	"github.com/renewa/pipeline/ci/release/deploy/machine"
	"github.com/renewa/pipeline/ci/release/image"
)

// byHand is the fly.toml of the app that flyctl made.
const byHand = `app = "shop"
primary_region = "fra"
[processes]
  app = "serve"
  worker = "work"
[env]
  COLOUR = "blue"
[http_service]
  internal_port = 8080
  processes = ["app"]
[[mounts]]
  source = "data"
  destination = "/data"
  processes = ["app"]
`

// flyctl returns fly-go's own client, which flyctl uses.
func (w *world) flyctl() *flaps.Client {
	w.Helper()
	w.Setenv("FLY_FLAPS_BASE_URL", "http://flylocal-4280:4280")
	c, err := flaps.NewWithOptions(w.Context(), flaps.NewClientOpts{UserAgent: "flyctl", Tokens: tokens.Parse(w.fly.OrgToken()), Transport: w.wire})
	require.NoError(w, err)
	return c
}

// byFlyctl makes a machine as flyctl does: with the image by tag, flyctl's metadata, and a key that somebody added.
func (w *world) byFlyctl(c *flaps.Client, group string, change func(*gofly.LaunchMachineInput)) *gofly.Machine {
	w.Helper()
	config, err := w.config(byHand).WithImage("registry.fly.io/shop:deployment-01").Machine(group)
	require.NoError(w, err)
	maps.Copy(config.Metadata, map[string]string{"fly_release_id": "rel1", "fly_release_version": "7", "fly_flyctl_version": "0.4.8", "team": "blue"})
	config.Mounts = nil
	in := gofly.LaunchMachineInput{Config: config, Region: "fra"}
	change(&in)
	m, err := c.Launch(w.Context(), "shop", in)
	require.NoError(w, err)
	want := "started"
	if in.SkipLaunch {
		want = "stopped"
	}
	require.Eventually(w, func() bool { return w.app().Machines[m.ID].State == want }, patience, time.Millisecond)
	return m
}

// An app with two machines on volumes, one of them stopped, a worker and its standby, and secrets.
func TestAnAppThatFlyctlMadeIsAdoptedAsItIs(t *testing.T) {
	w := open(t)
	w.tag(w.image(nil), "deployment-01")
	c := w.flyctl()
	_, err := c.UpdateAppSecrets(t.Context(), "shop", map[string]*string{"BY_HAND": ptr("x"), "JWT_SECRET": ptr("old")})
	require.NoError(t, err)
	volumes := map[string]string{}
	serving := func() string {
		v, err := c.CreateVolume(t.Context(), "shop", gofly.CreateVolumeRequest{Name: "data", Region: "fra", SizeGb: ptr(1)})
		require.NoError(t, err)
		m := w.byFlyctl(c, "app", func(in *gofly.LaunchMachineInput) {
			in.Config.Mounts = []gofly.MachineMount{{Volume: v.ID, Path: "/data", Name: "data"}}
		})
		volumes[m.ID] = v.ID
		return m.ID
	}
	first, stopped := serving(), serving()
	require.NoError(t, c.Stop(t.Context(), "shop", gofly.StopMachineInput{ID: stopped}, ""))
	worker := w.byFlyctl(c, "worker", func(in *gofly.LaunchMachineInput) {
		in.Config.Guest = &gofly.MachineGuest{CPUKind: "shared", CPUs: 2, MemoryMB: 2048}
	}).ID
	standby := w.byFlyctl(c, "worker", func(in *gofly.LaunchMachineInput) {
		in.SkipLaunch, in.Config.Standbys = true, []string{worker}
		in.Config.Env["FLY_STANDBY_FOR"] = worker
	}).ID
	console := w.byFlyctl(c, "worker", func(in *gofly.LaunchMachineInput) {
		delete(in.Config.Metadata, "fly_platform_version") // so no deploy takes it for a machine of the app
	})
	require.Eventually(t, func() bool { return w.app().Machines[stopped].State == "stopped" }, patience, time.Millisecond)

	v2 := w.image(nil)
	r := w.with(w.request(v2), given)
	r.Config, r.Prune = w.config(byHand), true
	f := w.plan(r).Forecast("flylocal")
	require.ElementsMatch(t, []string{first, stopped, worker, standby}, f.Adopts)
	require.Contains(t, f.String(), "adopts      4 machines that another tool made: ")
	for _, m := range f.Machines {
		require.Equal(t, machine.Update, m.Action)
		require.Empty(t, m.Changes, "%s: the machine has the configuration of fly.toml", m.ID)
		require.Equal(t, m.ID == stopped || m.ID == standby, m.Down)
	}
	require.Equal(t, []string{"BY_HAND"}, f.Secrets.Undeclared)
	require.Empty(t, f.Secrets.Removed)

	outcome := w.deploy(r)
	require.Equal(t, "release 1, 2 secrets staged, 4 machines updated", outcome.Report(r, nil).Done)
	require.Equal(t, "x", w.app().Secrets.Values["BY_HAND"].Value)
	for id, state := range map[string]string{first: "started", stopped: "stopped", worker: "started", standby: "stopped"} {
		require.Eventually(t, func() bool { return w.app().Machines[id].State == state }, patience, time.Millisecond, id)
		m, err := w.client.Machine(t.Context(), "shop", id)
		require.NoError(t, err)
		require.Equal(t, v2.String(), m.Config.Image)
		require.Equal(t, "blue", m.Config.Metadata["team"])
		require.Equal(t, "1", m.Config.Metadata["pipeline_adopted"])
		if volume := volumes[id]; volume != "" {
			require.Equal(t, volume, m.Config.Mounts[0].Volume)
		}
		if id == standby {
			require.Equal(t, []string{worker}, m.Config.Standbys)
			require.Equal(t, worker, m.Config.Env["FLY_STANDBY_FOR"])
		}
		if id == worker {
			require.Equal(t, 2048, m.Config.Guest.MemoryMB, "fly.toml has no [[vm]]")
		}
	}
	beside, err := w.client.Machine(t.Context(), "shop", console.ID)
	require.NoError(t, err)
	require.Equal(t, console.InstanceID, beside.InstanceID, "a machine beside the app is none of ours")
	again := w.plan(r)
	require.True(t, again.Nothing())
	require.Empty(t, again.Forecast("flylocal").Adopts)
}

// tag names an image as a deploy of flyctl does.
func (w *world) tag(ref image.Ref, tag string) {
	w.Helper()
	r := w.client.Registry()
	require.NoError(w, crane.Tag(ref.On(r.Host, ref.Repository()).String(), tag, crane.WithAuthFromKeychain(r), crane.Insecure, crane.WithTransport(w.fly.Transport())))
}

func ptr[T any](v T) *T { return &v }
