package deploy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/superfly/fly-go"
)

// touched is a machine that this run changed, with what it was before; nil for one it made.
type touched struct {
	id     string
	before *fly.Machine
}

func (r *run) touch(t touched) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.touched = append(r.touched, t)
}

// untouch is for a machine that this run made and has taken away itself.
func (r *run) untouch(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.touched = slices.DeleteFunc(r.touched, func(t touched) bool { return t.id == id })
}

// putBack gives every machine that this run changed what it had before, removes those it made, and says
// what is there now. It looks first: an update that never arrived needs no way back, and a machine may
// have been made although the answer was lost.
func (r *run) putBack(run context.Context) string {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(run), r.pace.back)
	defer cancel()
	now, lookErr := r.fly.Machines(ctx, r.Config.App)
	failed := []error{lookErr}
	removed := 0
	for _, id := range r.made(now) {
		if err := r.fly.Destroy(ctx, r.Config.App, id, r.leases.nonce(id)); err != nil {
			failed = append(failed, fmt.Errorf("machine %s: %w", id, err))
			continue
		}
		r.leases.forget(id)
		removed++
	}
	back, errs := r.restore(ctx, now)
	if err := errors.Join(append(failed, errs...)...); err != nil {
		return fmt.Sprintf("The previous version could not be put back everywhere: %v\nRun the deploy of the previous image again.", err)
	}
	return r.restored(back, removed)
}

// made are the machines this run made: those it knows of, and those that carry its release.
func (r *run) made(now []*fly.Machine) []string {
	var ids []string
	known := map[string]bool{}
	for _, t := range r.touched {
		known[t.id] = true
		if t.before == nil {
			ids = append(ids, t.id)
		}
	}
	for _, m := range r.serving {
		known[m.ID] = true
	}
	for _, m := range now {
		if !known[m.ID] && m.GetMetadataByKey(metaRelease) == r.release.id {
			ids = append(ids, m.ID)
		}
	}
	return ids
}

// restore updates all machines back first and waits for them afterwards: the old version is to serve again
// as soon as can be.
func (r *run) restore(ctx context.Context, now []*fly.Machine) (back int, failed []error) {
	instance := map[string]string{}
	for _, m := range now {
		instance[m.ID] = m.InstanceID
	}
	var wait []*fly.Machine
	for i := len(r.touched) - 1; i >= 0; i-- {
		before := r.touched[i].before
		if before == nil || instance[before.ID] == before.InstanceID {
			continue
		}
		m, err := r.fly.Update(ctx, r.Config.App, fly.LaunchMachineInput{
			ID: before.ID, Config: before.Config, Region: before.Region, SkipLaunch: down(before),
		}, r.leases.nonce(before.ID))
		if err != nil {
			failed = append(failed, fmt.Errorf("machine %s: %w", before.ID, err))
			continue
		}
		back++
		if !down(before) && before.State == fly.MachineStateStarted {
			wait = append(wait, m)
		}
	}
	for _, m := range wait {
		if _, err := r.healthy(ctx, m); err != nil {
			failed = append(failed, err)
		}
	}
	return back, failed
}

func (r *run) restored(back, removed int) string {
	s := "No machine was changed."
	switch {
	case back > 0 && removed > 0:
		s = fmt.Sprintf("The previous version was put back on %s, %s removed again.", count(back, "machine"), count(removed, "new one"))
	case back > 0:
		s = fmt.Sprintf("The previous version was put back on %s.", count(back, "machine"))
	case removed > 0:
		s = fmt.Sprintf("What this deploy had made was removed again: %s.", count(removed, "machine"))
	}
	if r.secrets.write && back > 0 {
		s += " It runs with the secrets of this deploy: Fly gives old values to nobody."
	}
	return s
}

// lookAgain brings the machines up to date once they were put back: the report tells what is there.
func (r *run) lookAgain(run context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(run), 10*time.Second)
	defer cancel()
	now, err := r.fly.Machines(ctx, r.Config.App)
	if err != nil {
		return // it tells what was there last
	}
	there := map[string]*fly.Machine{}
	for _, m := range now {
		there[m.ID] = m
	}
	for i, roll := range r.Rolls {
		if roll.Machine != nil {
			r.Rolls[i].Machine = there[roll.Machine.ID]
		}
	}
}
