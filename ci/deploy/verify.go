package deploy

import (
	"context"
	"fmt"
)

// verify reads every machine once more: Fly may have put one back behind our back, and somebody else may
// have added some that we know nothing of.
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
