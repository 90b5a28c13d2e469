package deploy

import (
	"context"
	"fmt"
	"slices"

	"github.com/superfly/fly-go"
)

// verify looks at every machine once more: Fly may have put one back behind our back, and somebody else may
// have added some that we know nothing of. One list tells of all of them; only a machine that is not yet well
// there is asked about by itself.
func (r *run) verify(ctx context.Context) error {
	all, err := r.fly.Machines(ctx, r.Config.App)
	if err != nil {
		return fmt.Errorf("verify machines of %s: %w", r.Config.App, err)
	}
	known := map[string]bool{}
	for _, roll := range r.replaced {
		known[roll.Machine.ID] = true
	}
	for i := range r.Rolls {
		roll := &r.Rolls[i]
		known[roll.Machine.ID] = true
		if roll.Action == Destroy {
			continue
		}
		if m := listed(all, roll.Machine.ID); m != nil && r.proved(m, roll) {
			roll.Machine = m
			continue
		}
		if err := r.verifyOne(ctx, roll); err != nil {
			return err
		}
	}
	serving, _, err := sortOut(all)
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

func listed(all []*fly.Machine, id string) *fly.Machine {
	if i := slices.IndexFunc(all, func(m *fly.Machine) bool { return m.ID == id }); i >= 0 {
		return all[i]
	}
	return nil
}

// proved: as listed, it needs no second look. A list may be a moment old, so what it says against a machine
// counts for nothing.
func (r *run) proved(m *fly.Machine, roll *Roll) bool {
	if m.ImageRef.Digest != r.Image.Digest() || broken(m, roll.Machine) != "" || m.InstanceID != roll.Machine.InstanceID {
		return false
	}
	return roll.Down || asleep(m) || Healthy(m) && (checks(m) > 0 || settled(m))
}

func (r *run) verifyOne(ctx context.Context, roll *Roll) error {
	m, err := r.fly.Machine(ctx, r.Config.App, roll.Machine.ID)
	if err != nil {
		return fmt.Errorf("verify machine %s: %w", roll.Machine.ID, err)
	}
	if got := m.ImageRef.Digest; got != r.Image.Digest() {
		return fmt.Errorf("machine %s runs %s, not %s: Fly did not keep the update", m.ID, got, r.Image.Digest())
	}
	if !roll.Down {
		if m, err = r.healthy(ctx, roll.Machine); err != nil {
			return err
		}
	}
	roll.Machine = m
	return nil
}
