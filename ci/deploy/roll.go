package deploy

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/superfly/fly-go"
	"golang.org/x/sync/errgroup"

	"github.com/renewa/pipeline/ci/flytoml"
)

// touched is a machine that this run changed, with what it was before; nil for one it made.
type touched struct {
	id     string
	before *fly.Machine
}

var mu sync.Mutex // guards touched: machines are rolled side by side

// rollMachines updates the first machine alone: an image that does not come up costs one machine. Then
// the rest, as many at once as deploy.max_unavailable allows. Machines of groups that fly.toml no longer
// names go last.
func (r *run) rollMachines(ctx context.Context) error {
	work := r.pending(Update, Create)
	for len(work) > 0 {
		n := 1
		if len(r.touched) > 0 {
			n = min(r.width(), len(work))
		}
		group, gctx := errgroup.WithContext(ctx)
		for _, roll := range work[:n] {
			group.Go(func() error { return r.rollOne(gctx, roll) })
		}
		if err := group.Wait(); err != nil {
			return err
		}
		work = work[n:]
	}
	for _, roll := range r.pending(Destroy) {
		r.say("destroying machine %s: fly.toml no longer has group %s", roll.Machine.ID, roll.Group)
		if err := r.fly.Destroy(ctx, r.Config.App, roll.Machine.ID, r.leases.nonce(roll.Machine.ID)); err != nil {
			return fmt.Errorf("destroy machine %s: %w", roll.Machine.ID, err)
		}
	}
	return nil
}

func (r *run) pending(actions ...Action) []*Roll {
	var list []*Roll
	for i := range r.Rolls {
		for _, a := range actions {
			if r.Rolls[i].Action == a {
				list = append(list, &r.Rolls[i])
			}
		}
	}
	return list
}

// width is how many machines may be down at once.
func (r *run) width() int {
	if r.Config.Deploy.Strategy == flytoml.Immediate {
		return 8
	}
	return min(8, r.Config.Deploy.MaxUnavailable.Of(len(r.Rolls)))
}

func (r *run) rollOne(ctx context.Context, roll *Roll) error {
	in := fly.LaunchMachineInput{
		Config:            marked(roll.Config, r.release.id, r.release.version, r.secrets),
		Region:            r.Config.PrimaryRegion,
		MinSecretsVersion: r.secrets.minVersion(),
	}
	var m *fly.Machine
	var err error
	if roll.Action == Create {
		r.say("creating a machine of group %s", roll.Group)
		if m, err = r.fly.Launch(ctx, r.Config.App, in); err != nil {
			return fmt.Errorf("create machine of group %s: %w", roll.Group, err)
		}
		r.touch(touched{id: m.ID})
	} else {
		before := *roll.Machine
		in.ID, in.Region, in.SkipLaunch = before.ID, before.Region, roll.Down
		r.say("updating machine %s", in.ID)
		r.touch(touched{in.ID, &before})
		if m, err = r.fly.Update(ctx, r.Config.App, in, r.leases.nonce(in.ID)); err != nil {
			return fmt.Errorf("update machine %s: %w", in.ID, err)
		}
	}
	roll.Machine = m
	if in.SkipLaunch || r.Config.Deploy.Strategy == flytoml.Immediate {
		return nil
	}
	_, err = r.healthy(ctx, m)
	return err
}

func (r *run) touch(t touched) {
	mu.Lock()
	defer mu.Unlock()
	r.touched = append(r.touched, t)
}

// putBack gives every machine that was touched what it had before, and removes those that were made.
// The way back has a deadline of its own: the run's may be over.
func (r *run) putBack(cause error) error {
	if len(r.touched) == 0 {
		return cause
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	var failed []error
	back := 0
	for i := len(r.touched) - 1; i >= 0; i-- {
		t := r.touched[i]
		var err error
		if t.before == nil {
			err = r.fly.Destroy(ctx, r.Config.App, t.id, "")
		} else {
			back++
			_, err = r.fly.Update(ctx, r.Config.App, fly.LaunchMachineInput{
				ID: t.id, Config: t.before.Config, Region: t.before.Region, SkipLaunch: down(t.before),
			}, r.leases.nonce(t.id))
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("machine %s: %w", t.id, err))
		}
	}
	if len(failed) > 0 {
		return fmt.Errorf("%w\nThe previous version could not be put back everywhere: %w\nRun the deploy of the previous image again", cause, errors.Join(failed...))
	}
	return fmt.Errorf("%w\n%s", cause, restored(back, len(r.touched)-back))
}

func restored(back, removed int) string {
	switch {
	case back == 0:
		return fmt.Sprintf("Machines that this deploy made were removed again: %d.", removed)
	case removed == 0:
		return fmt.Sprintf("The previous version was put back on %d machines.", back)
	}
	return fmt.Sprintf("The previous version was put back on %d machines, %d new ones were removed.", back, removed)
}
