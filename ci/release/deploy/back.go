package deploy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/dustin/go-humanize/english"
	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/release/deploy/machine"
)

// touched is a machine that this run changed, and its state before; before is nil for a machine that this run made.
type touched struct {
	id     string
	before *fly.Machine
}

func (r *run) touch(t touched) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.touched = append(r.touched, t)
}

// untouch removes a machine that this run made and destroyed.
func (r *run) untouch(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.touched = slices.DeleteFunc(r.touched, func(t touched) bool { return t.id == id })
}

// putBack gives every machine that this run changed its previous configuration, destroys the machines that this run
// made, and returns a description of the result. It lists the machines first: an update may never have arrived, and a
// machine may exist although the answer to its launch was lost.
func (r *run) putBack(parent context.Context) string {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(parent), r.pace.back)
	defer cancel()
	now, listErr := r.fly.Machines(ctx, r.Config.App)
	failed := []error{listErr}
	removed := 0
	for _, id := range r.madeMachines(now) {
		if err := r.fly.Destroy(ctx, r.Config.App, id, r.leases.Nonce(id)); err != nil {
			failed = append(failed, fmt.Errorf("machine %s: %w", id, err))
			continue
		}
		r.leases.Forget(id)
		removed++
	}
	back, errs := r.restore(ctx, now)
	if err := errors.Join(append(failed, errs...)...); err != nil {
		return fmt.Sprintf("The previous version could not be put back everywhere: %v\nDeploy the previous image again.", err)
	}
	return r.describeBack(back, removed)
}

// madeMachines returns the ids of the machines that this run made: the recorded ones, and those with its release in
// their metadata.
func (r *run) madeMachines(now []*fly.Machine) []string {
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
		if !known[m.ID] && m.GetMetadataByKey(machine.MetaRelease) == r.release.id {
			ids = append(ids, m.ID)
		}
	}
	return ids
}

// restore gives machines their previous configuration and returns the number of updates. It waits for the machines only
// after all updates, so that the old version serves again as soon as possible.
func (r *run) restore(ctx context.Context, now []*fly.Machine) (back int, failed []error) {
	instance := map[string]string{}
	for _, m := range now {
		instance[m.ID] = m.InstanceID
	}
	var wait []*fly.Machine
	for _, t := range slices.Backward(r.touched) {
		before := t.before
		if before == nil || instance[before.ID] == before.InstanceID {
			continue
		}
		m, err := r.fly.Update(ctx, r.Config.App, fly.LaunchMachineInput{
			ID: before.ID, Config: before.Config, Region: before.Region, SkipLaunch: machine.Down(before),
		}, r.leases.Nonce(before.ID))
		if err != nil {
			failed = append(failed, fmt.Errorf("machine %s: %w", before.ID, err))
			continue
		}
		back++
		if !machine.Down(before) && before.State == fly.MachineStateStarted {
			wait = append(wait, m)
		}
	}
	for _, m := range wait {
		if _, err := r.watch.WaitHealthy(ctx, m); err != nil {
			failed = append(failed, err)
		}
	}
	return back, failed
}

func (r *run) describeBack(back, removed int) string {
	s := "No machine was changed."
	switch {
	case back > 0 && removed > 0:
		s = fmt.Sprintf("The previous version was put back on %s, %s removed again.", english.Plural(back, "machine", ""), english.Plural(removed, "new one", ""))
	case back > 0:
		s = fmt.Sprintf("The previous version was put back on %s.", english.Plural(back, "machine", ""))
	case removed > 0:
		s = fmt.Sprintf("The machines that this deploy had made were removed again: %s.", english.Plural(removed, "machine", ""))
	}
	if r.secrets.Write && back > 0 {
		s += " It runs with the secrets of this deploy, because Fly does not return old values."
	}
	return s
}

// refresh reads the machines again after they were put back, so that the report shows their present state. When Fly
// does not answer, the report shows the last known state, as such.
func (r *run) refresh(parent context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(parent), 10*time.Second)
	defer cancel()
	now, err := r.fly.Machines(ctx, r.Config.App)
	if r.unread = err != nil; r.unread {
		return
	}
	for i, roll := range r.Rolls {
		if roll.Machine != nil {
			r.Rolls[i].Machine = machine.Find(now, roll.Machine.ID)
		}
	}
}
