package deploy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
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

	mu      sync.Mutex // machines are rolled side by side
	touched []touched
}

type release struct {
	id      string
	version int
}

// Apply carries a plan out. Until the first machine is rolled the old version is untouched; after that a
// failure puts back what was there. The error says what happened and what is running now.
func Apply(ctx context.Context, platform Platform, plan Plan, say Progress) (Outcome, error) {
	r := &run{Plan: plan, fly: platform, say: say}
	r.Rolls = slices.Clone(plan.Rolls) // they are brought up to date, and the plan is the caller's
	start := time.Now()
	if r.Nothing() && len(r.Stale) == 0 {
		return r.keep(ctx, start)
	}
	if err := r.reserve(ctx); err != nil {
		return Outcome{}, err
	}
	defer r.leases.release()
	ctx = r.leases.keep(ctx)
	if err := r.removeStale(ctx); err != nil {
		return Outcome{}, because(ctx, err)
	}
	if r.Nothing() {
		return r.keep(ctx, start)
	}
	err := r.begin(ctx)
	if err == nil {
		err = r.steps(ctx)
	}
	r.end(ctx, err)
	return r.outcome(start), err
}

// steps is the order of a deployment. The first two leave the old machines alone, the last has only what
// nobody needs left to do: neither has a way back to go.
func (r *run) steps(ctx context.Context) error {
	for _, step := range []struct {
		do   func(context.Context) error
		undo func(context.Context) string // says what is there now
	}{
		{r.stageSecrets, nil},
		{r.runReleaseCommand, nil},
		{r.rollMachines, r.putBack},
		{r.verify, r.putBack},
		{r.clearAway, nil},
	} {
		err := step.do(ctx)
		if err == nil {
			continue
		}
		err = because(ctx, err)
		if step.undo != nil {
			err = fmt.Errorf("%w\n%s", err, step.undo(ctx))
		}
		return err
	}
	return nil
}

// keep is a deployment that has nothing to do but to look whether all is well.
func (r *run) keep(ctx context.Context, start time.Time) (Outcome, error) {
	r.say("nothing changed: every machine already runs %s", r.Image.Short())
	err := r.verify(ctx)
	return r.outcome(start), err
}

func (r *run) begin(ctx context.Context) error {
	app := r.Config.App
	id, version, err := r.fly.StartRelease(ctx, app, r.Image.String(), strings.ToUpper(string(r.Config.Deploy.Strategy)), r.Source)
	if err != nil {
		return fmt.Errorf("write down release of %s, nothing was changed: %w", app, because(ctx, err))
	}
	r.release = release{id, version}
	if err := r.fly.EndRelease(ctx, id, "running", nil); err != nil {
		return fmt.Errorf("mark release of %s running, nothing was changed: %w", app, because(ctx, err))
	}
	return nil
}

// end notes how the release went. It has a deadline of its own, because the run may have lost its.
func (r *run) end(run context.Context, cause error) {
	if r.release.id == "" {
		return
	}
	status, note := "complete", map[string]any{"stage": r.Stage, "digest": r.Image.Digest()}
	if cause != nil {
		status, note["error"] = "failed", cause.Error()
	}
	if cause != nil && errors.Is(context.Cause(run), context.Canceled) {
		status = "interrupted"
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(run), 10*time.Second)
	defer cancel()
	if err := r.fly.EndRelease(ctx, r.release.id, status, note); err != nil {
		r.say("the release could not be marked %s: %v", status, err)
	}
}

func (r *run) stageSecrets(ctx context.Context) error {
	if !r.secrets.write {
		return nil
	}
	r.say("staging %s", count(r.Secrets.Len(), "secret"))
	version, all, err := r.fly.SetSecrets(ctx, r.Config.App, r.Secrets)
	if err != nil {
		return fmt.Errorf("stage secrets of %s: %w", r.Config.App, err)
	}
	r.secrets = r.secrets.written(r.Secrets, version, all)
	return nil
}

// because is why a run was ended before its time, such as a lease that was lost: the calls that this cut
// short only know that they were.
func because(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	return err
}
