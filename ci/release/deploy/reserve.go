package deploy

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/superfly/fly-go"
)

// reserve holds the machines of the plan. Whoever held them before may have changed them since the plan
// was made: then it is made again, from what is there now.
func (r *run) reserve(ctx context.Context) error {
	deadline := time.Now().Add(r.pace.outlive)
	for changes := 0; changes < 3 && time.Now().Before(deadline); {
		if err := r.ensureLock(ctx); err != nil {
			return err
		}
		var err error
		if r.leases, err = hold(ctx, r.Plan, r.fly, r.say); err != nil {
			return err
		}
		now, err := r.fly.Machines(ctx, r.Config.App)
		same := err == nil && sameMachines(now, r.Plan)
		if same && (r.unlocked || len(r.leases.all()) > 0) {
			return nil
		}
		switch {
		case err != nil:
		case same: // the lock of another was there a moment ago, and its name is not free yet
			err = r.pace.moment(ctx)
		default:
			changes++
			r.say("%s changed meanwhile: planning again", r.Config.App)
		}
		if err == nil {
			pace := r.pace
			r.Plan, err = Make(ctx, r.fly, r.Request)
			r.pace = pace
		}
		r.leases.release()
		if err != nil {
			return fmt.Errorf("look at %s again, nothing was changed: %w", r.Config.App, err)
		}
	}
	return fmt.Errorf("somebody else keeps changing the machines of %s: nothing was changed", r.Config.App)
}

func sameMachines(now []*fly.Machine, plan Plan) bool {
	serving, stale, err := sortOut(now)
	return err == nil && slices.Equal(stale, plan.Stale) && slices.EqualFunc(serving, byID(plan.serving, plan.left), func(a, b *fly.Machine) bool {
		return a.ID == b.ID && a.InstanceID == b.InstanceID && down(a) == down(b)
	})
}

// byID are the machines of both lists in the one order in which everybody reserves them.
func byID(a, b []*fly.Machine) []*fly.Machine {
	return slices.SortedFunc(slices.Values(slices.Concat(a, b)), func(a, b *fly.Machine) int { return strings.Compare(a.ID, b.ID) })
}
