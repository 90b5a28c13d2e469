package deploy

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/superfly/fly-go"
)

// By the strategy bluegreen, no machine is updated: green ones are made beside the blue ones, get no request
// until all of them are well, and then the blue ones go. So a failure takes green ones away, and nothing else.
//
//	made, out of the rotation → well → into the rotation ┃ blue ones marked → out of the rotation → stopped, gone
//
// Up to the bar a killed run is undone by the next one; past it, it is brought to its end.
const metaGreen = "pipeline_green" // number of the release that made the machine beside blue ones

// bluegreen turns the updates of a group into green machines and blue ones that go.
func bluegreen(list []Roll) ([]Roll, error) {
	var green, blue, rest []Roll
	for _, roll := range list {
		if roll.Action != Update || roll.Down {
			rest = append(rest, roll)
			continue
		}
		if len(roll.Config.Mounts) > 0 {
			return nil, fmt.Errorf("deploy by bluegreen: machine %s has a volume, which no second machine can mount. Use deploy.strategy rolling", roll.Machine.ID)
		}
		green = append(green, Roll{Action: Create, Group: roll.Group, Config: greenLike(roll.Config), green: true, replaces: roll.Machine.ID})
		blue = append(blue, Roll{Action: Destroy, Group: roll.Group, Machine: roll.Machine, blue: true, before: roll.before})
	}
	return slices.Concat(green, rest, blue), nil
}

// proven refuses green machines of an app that has no check at all. Groups without are believed once they stay up.
func proven(list []Roll) error {
	checked := func(roll Roll) bool {
		return roll.Config != nil && checks(&fly.Machine{Config: roll.Config}) > 0 || roll.Action == Keep && checks(roll.Machine) > 0
	}
	if !slices.ContainsFunc(list, func(roll Roll) bool { return roll.green }) || slices.ContainsFunc(list, checked) {
		return nil
	}
	return errors.New("deploy by bluegreen: no group has a check, so nothing would tell when the new machines may take over. Add one to fly.toml, or use deploy.strategy rolling")
}

// greenLike leaves behind what is said of the blue machine alone.
func greenLike(config *fly.MachineConfig) *fly.MachineConfig {
	green := *config
	green.Metadata = maps.Clone(config.Metadata)
	for _, key := range perRelease {
		delete(green.Metadata, key)
	}
	return &green
}

// goLive puts all green machines into the rotation, once all are well.
func (r *run) goLive(ctx context.Context) error {
	for _, roll := range r.Rolls {
		if !roll.green {
			continue
		}
		if err := r.fly.Uncordon(ctx, r.Config.App, roll.Machine.ID, r.leases.nonce(roll.Machine.ID)); err != nil {
			return fmt.Errorf("put the new machine %s into the rotation: %w", roll.Machine.ID, err)
		}
	}
	return nil
}

// retire takes the blue machines out of the rotation, gives their last requests time, and stops them. Each is
// marked first: from the first mark on, the next run goes forward and not back.
func (r *run) retire(ctx context.Context) error {
	app := r.Config.App
	drained := sync.OnceValue(func() error { return r.pace.wait(ctx, r.pace.drain) })
	for _, do := range []func(id, nonce string) error{
		func(id, nonce string) error { return r.fly.Retire(ctx, app, id, nonce) },
		func(id, nonce string) error { return r.fly.Cordon(ctx, app, id, nonce) },
		func(string, string) error { return drained() },
		func(id, nonce string) error { return r.fly.Stop(ctx, app, id, nonce) },
		func(id, _ string) error { return r.ends(ctx, id) },
	} {
		for _, roll := range slices.Concat(r.Rolls, r.replaced) {
			if !roll.blue {
				continue
			}
			id := roll.Machine.ID
			if err := do(id, r.leases.nonce(id)); err != nil && !r.fly.Absent(err) {
				return fmt.Errorf("the new version serves, but the old machine %s is still there: %w\nRun the deploy again", id, err)
			}
		}
	}
	return nil
}

// ends waits for a machine that was stopped, but no longer than a stop may take: it is destroyed next.
func (r *run) ends(ctx context.Context, id string) error {
	slow, cancel := context.WithTimeout(ctx, r.pace.outlive)
	defer cancel()
	for wait := r.pace.polling(); ; {
		m, err := r.fly.Machine(slow, r.Config.App, id)
		if err != nil && slow.Err() == nil {
			return err
		}
		if err == nil && ended(m) || !wait.next(slow) {
			return nil
		}
	}
}
