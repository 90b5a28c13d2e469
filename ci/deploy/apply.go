package deploy

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/history"
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

	choosing sync.Mutex
	chosen   []string // volumes
}

type release struct {
	id      string
	version int
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
	if r.Nothing() && len(r.Stale) == 0 && len(r.left) == 0 && r.lock == nil {
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

func (r *run) outcome() Outcome {
	o := Outcome{Nothing: r.Nothing(), Release: r.release.version, Rolls: r.Rolls, Command: r.command, Steps: r.took, Started: r.started, Took: time.Since(r.started)}
	if r.secrets.write {
		o.Secrets, o.Removed = r.Secrets.Names(), r.secrets.unset
	}
	return o
}

func (r *run) begin(ctx context.Context) error {
	app := r.Config.App
	r.closeInterrupted(ctx)
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

func (r *run) tellBegun(ctx context.Context) {
	if r.begun == nil {
		return
	}
	outcome := r.outcome()
	outcome.begun = true
	r.begun(ctx, outcome)
}

// closeInterrupted ends the releases of runs that were killed: whoever holds the leases is alone. It is for
// whoever reads the list, so nothing depends on it.
func (r *run) closeInterrupted(ctx context.Context) {
	all, err := r.fly.History(ctx, r.Config.App)
	for _, open := range history.Open(all) {
		if err == nil {
			r.say("release %d was interrupted, by %s: going on from what it left", open.Version, open.By)
			err = r.fly.EndRelease(ctx, open.ID, string(Interrupted), map[string]any{"error": "killed; a later run went on from here"})
		}
	}
	if err != nil {
		r.say("earlier releases that were interrupted could not be marked: %v", err)
	}
}

// end notes how the release went. It has a deadline of its own, because the run may have lost its.
func (r *run) end(run context.Context, cause error) (interrupted bool) {
	if r.release.id == "" {
		return false
	}
	status, note := Complete, map[string]any{"stage": r.Stage, "digest": r.Image.Digest()}
	if cause != nil {
		status, note["error"] = Failed, cause.Error()
	}
	if cause != nil && errors.Is(context.Cause(run), context.Canceled) {
		status = Interrupted
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(run), 10*time.Second)
	defer cancel()
	if err := r.fly.EndRelease(ctx, r.release.id, string(status), note); err != nil {
		r.say("the release could not be marked %s: %v", status, err)
	}
	return status == Interrupted
}

func (r *run) stageSecrets(ctx context.Context) error {
	if !r.secrets.write {
		return nil
	}
	r.say("staging %s", count(r.Secrets.Len(), "secret"))
	if len(r.secrets.unset) > 0 {
		r.say("removing %s: %s", count(len(r.secrets.unset), "secret"), strings.Join(r.secrets.unset, ", "))
	}
	version, all, err := r.fly.SetSecrets(ctx, r.Config.App, r.Secrets, r.secrets.unset...)
	if err != nil {
		return fmt.Errorf("stage secrets of %s: %w", r.Config.App, err)
	}
	r.secrets = r.secrets.written(r.Request, version, all)
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
