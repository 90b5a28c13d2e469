package deploy

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/superfly/fly-go"
)

const metaCanary = "fly_canary" // Fly's own word

// canaries tries the new version out, by the strategy canary: a machine more for each group that has some,
// which must get well and is taken away again, before any that serves is touched.
func (r *run) canaries(ctx context.Context) error {
	for _, group := range r.Config.Groups() {
		i := slices.IndexFunc(r.Rolls, func(roll Roll) bool { return roll.Group == group && roll.Action == Update && !roll.Down })
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
	config := marked(like.Config, r.release, r.secrets)
	config.Metadata = maps.Clone(config.Metadata)
	config.Metadata[metaCanary] = "true"
	config.DNS = &fly.DNSConfig{SkipRegistration: true}
	r.say("trying the new version out in a canary of group %s", like.Group)
	m, err := r.fly.Launch(ctx, r.Config.App, fly.LaunchMachineInput{
		Config: config, Region: like.Machine.Region, MinSecretsVersion: r.secrets.minVersion(),
	})
	if err != nil {
		return fmt.Errorf("launch a canary of group %s: %w", like.Group, err)
	}
	r.touch(touched{id: m.ID})
	if _, err := r.healthy(ctx, m); err != nil {
		return fmt.Errorf("canary of group %s: %w", like.Group, err)
	}
	if err := r.fly.Destroy(ctx, r.Config.App, m.ID, ""); err != nil {
		return fmt.Errorf("take the canary of group %s away: %w", like.Group, err)
	}
	r.untouch(m.ID)
	return nil
}
