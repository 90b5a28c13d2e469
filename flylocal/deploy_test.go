package flylocal_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
	fly "github.com/superfly/fly-go"
	"github.com/superfly/fly-go/flaps"
)

// deployment makes the calls of `fly deploy --image`, as far as they matter to a Fly.
type deployment struct {
	*world
	app, image, strategy string
	release              string // command
	secrets              *uint64
	health               time.Duration // for so long machines may take to be healthy
}

// run deploys. The release gets its status either way.
func (d deployment) run() error {
	d.Helper()
	d.health = cmp.Or(d.health, patience)
	_, err := d.flaps.GetApp(d.Context(), d.app)
	if err != nil {
		return err
	}
	img, err := d.gql.ResolveImageForApp(d.Context(), d.app, d.image)
	if err != nil {
		return err
	}
	if img == nil {
		return errors.New("could not find image")
	}
	machines, _, err := d.flaps.ListFlyAppsMachines(d.Context(), d.app)
	if err != nil {
		return err
	}
	if len(machines) == 0 {
		for _, kind := range []string{"v6", "shared_v4"} {
			if _, err := d.flaps.AssignIP(d.Context(), d.app, flaps.AssignIPRequest{Type: kind}); err != nil {
				return err
			}
		}
	}
	_, body := d.do("POST", "/api/v1/releases", d.fly.OrgToken(), map[string]any{"app_name": d.app, "image": d.image, "strategy": strings.ToUpper(d.strategy)})
	var made struct{ Release struct{ ID string } }
	require.NoError(d, json.Unmarshal([]byte(body), &made))
	report := func(status string) {
		code, body := d.do("PATCH", "/api/v1/releases/"+made.Release.ID, d.fly.OrgToken(), map[string]any{"status": status})
		require.Equal(d, 200, code, body)
	}
	report("running")
	err = d.command()
	if err == nil {
		err = d.machines(machines)
	}
	if err != nil {
		report("failed")
		return err
	}
	report("complete")
	return nil
}

func (d deployment) config() *fly.MachineConfig {
	c := web()
	c.Image = d.image
	return c
}

// command runs the release command on a machine of its own.
func (d deployment) command() error {
	if d.release == "" {
		return nil
	}
	c := &fly.MachineConfig{
		Image: d.image, AutoDestroy: true, Restart: &fly.MachineRestart{Policy: fly.MachineRestartPolicyNo},
		Init: fly.MachineInit{Cmd: strings.Fields(d.release)}, Env: map[string]string{"RELEASE_COMMAND": "1"}, DNS: &fly.DNSConfig{SkipRegistration: true},
		Metadata: map[string]string{"fly_platform_version": "v2", "fly_process_group": "fly_app_release_command"},
	}
	m, err := d.flaps.Launch(d.Context(), d.app, fly.LaunchMachineInput{Config: c, SkipLaunch: true, MinSecretsVersion: d.secrets})
	if err != nil {
		return err
	}
	if err := d.flaps.Wait(d.Context(), d.app, m, "stopped", patience); err != nil {
		return err
	}
	if _, err := d.flaps.Start(d.Context(), d.app, m.ID, ""); err != nil {
		return err
	}
	gone := func(err error) bool { return err == nil || strings.Contains(err.Error(), "machine not found") }
	if err := d.flaps.Wait(d.Context(), d.app, m, "started", patience); !gone(err) {
		return err
	}
	if err := d.flaps.Wait(d.Context(), d.app, m, "destroyed", patience); err != nil {
		return err
	}
	code, err := d.get(d.app, m.ID).GetLatestEventOfTypeAfterType("exit", "start").Request.GetExitCode()
	if err == nil && code != 0 {
		return fmt.Errorf("release command failed: machine %s exited with %d", m.ID, code)
	}
	return err
}

// machines brings the image to the machines, by strategy.
func (d deployment) machines(old []*fly.Machine) error {
	switch {
	case len(old) == 0:
		for range 2 {
			if err := d.create(nil, false); err != nil {
				return err
			}
		}
		return nil
	case d.strategy == "bluegreen":
		return d.bluegreen(old)
	case d.strategy == "canary":
		if err := d.create(map[string]string{"fly_canary": "true"}, true); err != nil {
			return err
		}
	}
	for _, m := range old {
		if err := d.update(m); err != nil {
			return err
		}
	}
	return nil
}

func (d deployment) update(m *fly.Machine) error {
	ttl := 13
	lease, err := d.flaps.AcquireLease(d.Context(), d.app, m.ID, &ttl)
	if err != nil {
		return err
	}
	defer func() { require.NoError(d, d.flaps.ReleaseLease(d.Context(), d.app, m.ID, lease.Data.Nonce)) }()
	next, err := d.flaps.Update(d.Context(), d.app, fly.LaunchMachineInput{ID: m.ID, Config: d.config(), MinSecretsVersion: d.secrets}, lease.Data.Nonce)
	if err != nil || d.strategy == "immediate" {
		return err
	}
	return d.healthyNow(next)
}

func (d deployment) healthyNow(m *fly.Machine) error {
	if err := d.flaps.Wait(d.Context(), d.app, m, "started", patience); err != nil {
		return err
	}
	for end := time.Now().Add(d.health); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		got, err := d.flaps.Get(d.Context(), d.app, m.ID)
		if err != nil {
			return err
		}
		if len(got.Checks) > 0 && got.AllHealthChecks().AllPassing() {
			return nil
		}
	}
	return fmt.Errorf("health checks of machine %s did not pass", m.ID)
}

// create makes a machine with a lease; a canary is destroyed again, with the nonce that was given back.
func (d deployment) create(meta map[string]string, passing bool) error {
	c := d.config()
	for k, v := range meta {
		c.Metadata[k] = v
	}
	m, err := d.flaps.Launch(d.Context(), d.app, fly.LaunchMachineInput{Config: c, LeaseTTL: 30, MinSecretsVersion: d.secrets})
	if err != nil {
		return err
	}
	if err := d.healthyNow(m); err != nil {
		return err
	}
	if err := d.flaps.ReleaseLease(d.Context(), d.app, m.ID, m.LeaseNonce); err != nil || !passing {
		return err
	}
	return d.flaps.Destroy(d.Context(), d.app, fly.RemoveMachineInput{ID: m.ID, Kill: true}, m.LeaseNonce)
}

// bluegreen makes new machines beside the old ones, and lets them in when all are well.
func (d deployment) bluegreen(blue []*fly.Machine) error {
	if ok, err := d.gql.CanPerformBluegreenDeployment(d.Context(), d.app); err != nil || !ok {
		return fmt.Errorf("no bluegreen: %w", err)
	}
	var green []*fly.Machine
	for range blue {
		m, err := d.flaps.Launch(d.Context(), d.app, fly.LaunchMachineInput{Config: d.config(), SkipServiceRegistration: true, MinSecretsVersion: d.secrets})
		if err != nil {
			return err
		}
		green = append(green, m)
	}
	for _, m := range green {
		if err := d.healthyNow(m); err != nil {
			for _, m := range green {
				_ = d.flaps.Destroy(d.Context(), d.app, fly.RemoveMachineInput{ID: m.ID, Kill: true}, "")
			}
			return err
		}
	}
	for i, m := range green {
		old := blue[i]
		for _, step := range []func() error{
			func() error { return d.flaps.Uncordon(d.Context(), d.app, m.ID, "") },
			func() error {
				return d.flaps.SetMetadata(d.Context(), d.app, old.ID, "fly_bluegreen_deployment_tag", "safe_to_destroy")
			},
			func() error { return d.flaps.Cordon(d.Context(), d.app, old.ID, "") },
			func() error { return d.flaps.Stop(d.Context(), d.app, fly.StopMachineInput{ID: old.ID}, "") },
			func() error { return d.flaps.Wait(d.Context(), d.app, old, "stopped", patience) },
			func() error {
				return d.flaps.Destroy(d.Context(), d.app, fly.RemoveMachineInput{ID: old.ID, Kill: true}, "")
			},
		} {
			if err := step(); err != nil {
				return err
			}
		}
	}
	return nil
}
