package deploy

import (
	"context"
	"fmt"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/config/flytoml"
)

// try runs the machine_checks of fly.toml on a machine that is well: short-lived machines beside it, whose exit
// code is the verdict. As on Fly, it is for the strategies that go one step at a time.
func (r *run) try(ctx context.Context, group string, m *fly.Machine) error {
	switch r.Config.Deploy.Strategy {
	case flytoml.Immediate, flytoml.BlueGreen:
		return nil
	}
	for _, config := range r.Config.WithImage(r.Image.String()).TestMachines(group, m.PrivateIP) {
		if err := r.tryOne(ctx, m, config); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) tryOne(run context.Context, m *fly.Machine, config *fly.MachineConfig) error {
	ctx, cancel := context.WithTimeoutCause(run, r.timeout(), fmt.Errorf("%w: deploy.wait_timeout is %s", errTooLong, r.timeout()))
	defer cancel()
	r.say("machine check of %s", m.ID)
	test, err := r.launch(ctx, fly.LaunchMachineInput{
		Config: marked(config, r.release, secretChange{}), Region: m.Region, MinSecretsVersion: r.secrets.minVersion(),
	})
	if err != nil {
		return fmt.Errorf("launch a machine check of %s: %w", m.ID, err)
	}
	r.touch(touched{id: test.ID})
	code, err := r.exit(ctx, test.ID)
	if err != nil {
		return fmt.Errorf("machine check of %s (machine %s): %w", m.ID, test.ID, err)
	}
	if code != 0 {
		return r.unhealthy(test.ID, fmt.Sprintf("is the machine check of %s and failed with exit code %d", m.ID, code))
	}
	if err := r.fly.Destroy(ctx, r.Config.App, test.ID, ""); err != nil {
		return fmt.Errorf("take the machine check of %s away: %w", m.ID, err)
	}
	r.untouch(test.ID)
	return nil
}

// isTest tells the machines of machine_checks.
func isTest(m *fly.Machine) bool {
	return m.ProcessGroup() == fly.MachineProcessGroupFlyAppTestMachineCommand
}
