package deploy

import (
	"context"
	"fmt"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/release/deploy/machine"
)

// verify checks every machine once more: Fly may have reverted an update without an error, and somebody else may have
// added machines. verify lists all machines with one request, and sends a second one only for a machine that does not
// look healthy in the list.
func (r *run) verify(ctx context.Context) error {
	all, err := r.fly.Machines(ctx, r.Config.App)
	if err != nil {
		return fmt.Errorf("the machines of %s cannot be verified: %w", r.Config.App, err)
	}
	known := map[string]bool{}
	for _, roll := range r.replaced {
		known[roll.Machine.ID] = true
	}
	for i := range r.Rolls {
		roll := &r.Rolls[i]
		known[roll.Machine.ID] = true
		if roll.Action == machine.Destroy {
			continue
		}
		if m := machine.Find(all, roll.Machine.ID); m != nil && r.isProved(m, roll) {
			roll.Machine = m
			continue
		}
		if err := r.verifyOne(ctx, roll); err != nil {
			return err
		}
	}
	serving, _, err := classify(all)
	if err != nil {
		return err
	}
	for _, m := range serving {
		if !known[m.ID] {
			return fmt.Errorf("machine %s of %s appeared during this deploy: somebody else is deploying or scaling. Run this deploy again when they have finished", m.ID, r.Config.App)
		}
	}
	return nil
}

// isProved reports whether a machine of the list is healthy in its new version. The list may be slightly old, so a
// machine that is not healthy in the list is no failure.
func (r *run) isProved(m *fly.Machine, roll *Roll) bool {
	if m.ImageRef.Digest != r.Image.Digest() || machine.FailureReason(m, roll.Machine) != "" || m.InstanceID != roll.Machine.InstanceID {
		return false
	}
	return roll.Down || machine.Asleep(m) || machine.Healthy(m) && (machine.Checks(m) > 0 || machine.IsSettled(m))
}

func (r *run) verifyOne(ctx context.Context, roll *Roll) error {
	m, err := r.fly.Machine(ctx, r.Config.App, roll.Machine.ID)
	if err != nil {
		return fmt.Errorf("machine %s cannot be verified: %w", roll.Machine.ID, err)
	}
	if got := m.ImageRef.Digest; got != r.Image.Digest() {
		return fmt.Errorf("machine %s runs %s, not %s: Fly did not keep the update. Run the deploy again", m.ID, got, r.Image.Digest())
	}
	if !roll.Down {
		if m, err = r.watch.WaitHealthy(ctx, roll.Machine); err != nil {
			return err
		}
	}
	roll.Machine = m
	return nil
}
