package deploy

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/release/deploy/lease"
	"github.com/renewa/pipeline/ci/release/deploy/machine"
)

// reserve leases the machines of the plan. When a previous holder has changed the machines since the plan was made,
// reserve makes the plan again from their present state.
func (r *run) reserve(ctx context.Context) error {
	deadline := time.Now().Add(r.pace.lease.Wait)
	for changes := 0; changes < 3 && time.Now().Before(deadline); {
		if err := r.ensureLock(ctx); err != nil {
			return err
		}
		var err error
		if r.leases, err = lease.Hold(ctx, r.fly, lease.Request{
			App: r.Config.App, Machines: byID(slices.Concat(r.serving, r.left)), Lock: r.lock, Pace: r.pace.lease, Say: r.say,
		}); err != nil {
			return err
		}
		now, err := r.fly.Machines(ctx, r.Config.App)
		same := err == nil && sameMachines(now, r.Plan)
		if same && (r.unlocked || !r.leases.Empty()) {
			return nil
		}
		switch {
		case err != nil:
		case same: // another run's lock was there a moment ago, and its name is not free yet
			err = r.pace.lease.Pause(ctx)
		default:
			changes++
			r.say("the machines of %s have changed: planning again", r.Config.App)
		}
		if err == nil {
			pace := r.pace
			r.Plan, err = Make(ctx, r.fly, r.Request)
			r.pace = pace
		}
		r.leases.GiveBack()
		if err != nil {
			return fmt.Errorf("the deploy of %s cannot be planned again, nothing was changed: %w", r.Config.App, err)
		}
	}
	return fmt.Errorf("somebody else keeps changing the machines of %s: nothing was changed. Wait until they have finished, then run this deploy again", r.Config.App)
}

func sameMachines(now []*fly.Machine, plan Plan) bool {
	serving, stale, err := classify(now)
	return err == nil && slices.Equal(stale, plan.Stale) && slices.EqualFunc(serving, byID(slices.Concat(plan.serving, plan.left)), func(a, b *fly.Machine) bool {
		return a.ID == b.ID && a.InstanceID == b.InstanceID && machine.Down(a) == machine.Down(b)
	})
}

// ensureLock makes the lock of an app without machines. When Fly refuses that machine, the deploy continues without a
// lock and reports that.
func (r *run) ensureLock(ctx context.Context) error {
	r.unlocked = false
	if r.lock != nil || len(r.serving) > 0 {
		return nil
	}
	m, err := r.fly.Launch(ctx, r.Config.App, lease.Lock(r.Config.PrimaryRegion, r.Image.String()))
	switch {
	case err == nil:
		r.lock = m
		return nil
	case r.fly.IsTaken(err): // another run made it a moment ago
		all, err := r.fly.Machines(ctx, r.Config.App)
		if err != nil {
			return fmt.Errorf("the machine that locks %s was not found, nothing was changed: %w", r.Config.App, err)
		}
		r.lock = lease.FindLock(all)
		return nil
	case ctx.Err() != nil:
		return causeOf(ctx, err)
	}
	r.unlocked = true
	r.say("no lock: Fly refused the machine that keeps a second first deploy of %s away: %v", r.Config.App, err)
	return nil
}
