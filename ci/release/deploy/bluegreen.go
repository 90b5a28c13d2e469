package deploy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/release/deploy/machine"
)

// With the strategy bluegreen a deploy updates no serving machine. It makes green machines beside the blue ones, sends
// them no request until all of them are healthy, and then destroys the blue machines. A failure therefore destroys
// green machines only.
//
//	make green, out of the rotation → healthy → into the rotation ┃ mark blue → out of the rotation → stop, destroy
//
// The next run undoes a run that was killed before the bar, and completes one that was killed after the bar.

// bluegreen returns the rolls of a group with a green machine to create and a blue machine to destroy in place of each
// update of a serving machine.
func bluegreen(list []Roll) ([]Roll, error) {
	var green, blue, rest []Roll
	for _, roll := range list {
		if roll.Action != machine.Update || roll.Down {
			rest = append(rest, roll)
			continue
		}
		if len(roll.Config.Mounts) > 0 {
			return nil, fmt.Errorf("bluegreen is not possible: machine %s has a volume, which no second machine can mount. Use deploy.strategy rolling", roll.Machine.ID)
		}
		green = append(green, Roll{Action: machine.Create, Group: roll.Group, Config: greenLike(roll.Config), green: true, replaces: roll.Machine.ID})
		blue = append(blue, Roll{Action: machine.Destroy, Group: roll.Group, Machine: roll.Machine, blue: true, before: roll.before})
	}
	return slices.Concat(green, rest, blue), nil
}

// requireCheck refuses green machines of an app without any check. A group without a check is enough when another
// group has one: its machines count as healthy once they stay up.
func requireCheck(list []Roll) error {
	checked := func(roll Roll) bool {
		return roll.Config != nil && machine.Checks(&fly.Machine{Config: roll.Config}) > 0 || roll.Action == machine.Keep && machine.Checks(roll.Machine) > 0
	}
	if !slices.ContainsFunc(list, func(roll Roll) bool { return roll.green }) || slices.ContainsFunc(list, checked) {
		return nil
	}
	return errors.New("bluegreen is not possible: no group has a check, so nothing can show that the new machines may take over. Add a check to fly.toml, or use deploy.strategy rolling")
}

// greenLike returns the configuration of a blue machine without the marks that belong to that machine alone.
func greenLike(config *fly.MachineConfig) *fly.MachineConfig {
	green := *config
	green.Metadata = machine.WithoutRelease(config.Metadata)
	return &green
}

// goLive puts the green machines into the rotation, once all are healthy.
func (r *run) goLive(ctx context.Context) error {
	for _, roll := range r.Rolls {
		if !roll.green {
			continue
		}
		if err := r.fly.Uncordon(ctx, r.Config.App, roll.Machine.ID, r.leases.Nonce(roll.Machine.ID)); err != nil {
			return fmt.Errorf("the new machine %s was not uncordoned: %w", roll.Machine.ID, err)
		}
	}
	return nil
}

// retire takes the blue machines out of the rotation, waits for their last requests, and stops them. retire marks every
// blue machine first: from the first mark on, the next run completes this deploy instead of undoing it.
func (r *run) retire(ctx context.Context) error {
	app := r.Config.App
	drain := sync.OnceValue(func() error { return wait(ctx, r.pace.drain) })
	for _, do := range []func(id, nonce string) error{
		func(id, nonce string) error { return r.fly.Retire(ctx, app, id, nonce) },
		func(id, nonce string) error { return r.fly.Cordon(ctx, app, id, nonce) },
		func(string, string) error { return drain() },
		func(id, nonce string) error { return r.fly.Stop(ctx, app, id, nonce) },
		func(id, _ string) error { return r.waitForStop(ctx, id) },
	} {
		for _, roll := range slices.Concat(r.Rolls, r.replaced) {
			if !roll.blue {
				continue
			}
			id := roll.Machine.ID
			if err := do(id, r.leases.Nonce(id)); err != nil && !r.fly.Absent(err) {
				return fmt.Errorf("the new version serves, but the old machine %s is still there: %w\nRun the deploy again", id, err)
			}
		}
	}
	return nil
}

// waitForStop waits for a machine that was stopped, but no longer than a stop may take: it is destroyed next.
func (r *run) waitForStop(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(ctx, r.pace.lease.Wait)
	defer cancel()
	return r.watch.WaitEnded(ctx, id)
}

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}
