package deploy

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/release/deploy/machine"
)

// canaries tests the new version with one extra machine for each group that has updates. Each extra machine must become
// healthy, and is destroyed, before the deploy touches a serving machine.
func (r *run) canaries(ctx context.Context) error {
	for _, group := range r.Config.Groups() {
		i := slices.IndexFunc(r.Rolls, func(roll Roll) bool { return roll.Group == group && roll.Action == machine.Update && !roll.Down })
		if i < 0 {
			continue
		}
		if err := r.canary(ctx, r.Rolls[i]); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) canary(ctx context.Context, like Roll) error {
	config := withReleaseMarks(like.Config, r.release, r.secrets)
	config.Metadata = maps.Clone(config.Metadata)
	config.Metadata[machine.MetaCanary] = "true"
	config.DNS = &fly.DNSConfig{SkipRegistration: true}
	r.say("testing the new version in a canary of group %s", like.Group)
	m, err := r.fly.Launch(ctx, r.Config.App, fly.LaunchMachineInput{
		Config: config, Region: like.Machine.Region, MinSecretsVersion: r.secrets.MinVersion(),
	})
	if err != nil {
		return fmt.Errorf("no canary of group %s was launched: %w", like.Group, err)
	}
	r.touch(touched{id: m.ID})
	if _, err := r.watch.WaitHealthy(ctx, m); err != nil {
		return fmt.Errorf("the canary of group %s failed: %w", like.Group, err)
	}
	if err := r.fly.Destroy(ctx, r.Config.App, m.ID, ""); err != nil {
		return fmt.Errorf("the canary of group %s was not destroyed: %w", like.Group, err)
	}
	r.untouch(m.ID)
	return nil
}
