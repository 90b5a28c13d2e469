package deploy

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"
)

// run is one Apply under way.
type run struct {
	Plan
	fly     Platform
	say     Progress
	leases  *leases
	release release

	unlocked bool // Fly refused a lock for the first deploy
	started  time.Time
	took     []Step
	command  *Command
	begun    func(context.Context, Outcome) // told once the release is written down; may be nil

	mu       sync.Mutex // machines are rolled side by side
	touched  []touched
	replaced []Roll // machines whose place another has taken

	choosing  sync.Mutex // of volumes
	launching sync.Mutex // of machines
	chosen    []string   // volumes
}

// Apply carries a plan out. Until the first machine is rolled the old version is untouched; after that a
// failure puts back what was there. The error says what happened and what is running now.
func Apply(ctx context.Context, platform Platform, plan Plan, say Progress) (Outcome, error) {
	if plan.Image.IsZero() {
		return Outcome{}, fmt.Errorf("deploy %s: its image is yet to be built, nothing was changed", plan.Config.App)
	}
	return apply(ctx, &run{Plan: plan, fly: platform, say: say})
}

func apply(ctx context.Context, r *run) (Outcome, error) {
	r.started = time.Now()
	plan := r.Plan
	r.Rolls = slices.Clone(plan.Rolls) // they are brought up to date, and the plan is the caller's
	if r.Nothing() && len(r.Stale) == 0 && len(r.left) == 0 && r.lock == nil && !r.leftOpen(ctx) {
		return r.keep(ctx)
	}
	if err := r.timed("reserve", ctx, r.reserve); err != nil {
		return r.outcome(), err
	}
	defer r.leases.release()
	ctx = r.leases.keep(ctx)
	if err := r.removeStale(ctx); err != nil {
		return r.outcome(), because(ctx, err)
	}
	if r.Nothing() {
		r.closeInterrupted(ctx)
		return r.keep(ctx)
	}
	err := r.begin(ctx)
	if err == nil {
		r.tellBegun(ctx)
		err = r.steps(ctx)
	}
	outcome := r.outcome()
	outcome.interrupted = r.end(ctx, err)
	return outcome, err
}

// steps is the order of a deployment. The first two leave the old machines alone, the last has only what
// nobody needs left to do: neither has a way back to go.
func (r *run) steps(ctx context.Context) error {
	for _, step := range []struct {
		name string
		do   func(context.Context) error
		undo func(context.Context) string // says what is there now
	}{
		{"secrets", r.stageSecrets, nil},
		{"release command", r.runReleaseCommand, nil},
		{"machines", r.rollMachines, r.putBack},
		{"verify", r.verify, r.putBack},
		{"clear away", r.clearAway, nil},
	} {
		err := r.timed(step.name, ctx, step.do)
		if err == nil {
			continue
		}
		err = because(ctx, err)
		if step.undo != nil {
			err = fmt.Errorf("%w\n%s", err, step.undo(ctx))
			r.lookAgain(ctx)
		}
		return err
	}
	return nil
}

// timed notes how long a step took, unless there was nothing to do in it.
func (r *run) timed(name string, ctx context.Context, do func(context.Context) error) error {
	start := time.Now()
	err := do(ctx)
	if took := time.Since(start).Seconds(); took >= 0.05 || err != nil {
		r.took = append(r.took, Step{name, math.Round(took*10) / 10})
	}
	return err
}

// keep is a deployment that has nothing to do but to look whether all is well.
func (r *run) keep(ctx context.Context) (Outcome, error) {
	r.say("nothing changed: every machine already runs %s", r.Image.Short())
	err := r.verify(ctx)
	return r.outcome(), err
}

// because is why a run was ended before its time, such as a lease that was lost: the calls that this cut
// short only know that they were.
func because(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	return err
}
