package deploy

import (
	"context"
	"fmt"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/config/flytoml"
	"github.com/renewa/pipeline/ci/release/deploy/secretstate"
)

// runChecks runs the machine_checks of fly.toml for a healthy machine. Each is a short-lived machine that passes with exit
// code 0. As in flyctl, the strategies immediate and bluegreen run none.
func (r *run) runChecks(ctx context.Context, group string, m *fly.Machine) error {
	switch r.Config.Deploy.Strategy {
	case flytoml.Immediate, flytoml.BlueGreen:
		return nil
	}
	for _, config := range r.Config.WithImage(r.Image.String()).TestMachines(group, m.PrivateIP) {
		if err := r.runCheck(ctx, m, config); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) runCheck(run context.Context, m *fly.Machine, config *fly.MachineConfig) error {
	ctx, cancel := context.WithTimeoutCause(run, r.timeout(), fmt.Errorf("%w: deploy.wait_timeout is %s", errTooLong, r.timeout()))
	defer cancel()
	r.say("machine check of %s", m.ID)
	test, err := r.fly.Launch(ctx, r.Config.App, fly.LaunchMachineInput{
		Config: withReleaseMarks(config, r.release, secretstate.State{}), Region: m.Region, MinSecretsVersion: r.secrets.MinVersion(),
	})
	if err != nil {
		return fmt.Errorf("the machine that checks machine %s was not launched: %w", m.ID, err)
	}
	r.touch(touched{id: test.ID})
	code, err := r.exitCode(ctx, test.ID)
	if err != nil {
		return fmt.Errorf("the machine check of machine %s, run by machine %s, has no result: %w", m.ID, test.ID, err)
	}
	if code != 0 {
		return r.watch.NewUnhealthyError(test, fmt.Sprintf("is the machine check of %s and failed with exit code %d", m.ID, code))
	}
	if err := r.fly.Destroy(ctx, r.Config.App, test.ID, ""); err != nil {
		return fmt.Errorf("the machine that checked machine %s was not destroyed: %w", m.ID, err)
	}
	r.untouch(test.ID)
	return nil
}
