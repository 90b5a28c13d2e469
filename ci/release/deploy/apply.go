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

	"github.com/dustin/go-humanize/english"

	"github.com/renewa/pipeline/ci/release/deploy/lease"
	"github.com/renewa/pipeline/ci/release/deploy/report"
	"github.com/renewa/pipeline/ci/release/deploy/volume"
	"github.com/renewa/pipeline/ci/release/deploy/watch"
)

// run is one Apply.
type run struct {
	Plan
	fly     Platform
	say     Progress
	leases  *lease.Set
	watch   watch.Watcher
	volumes *volume.Pool
	release release

	unread   bool // Fly did not answer when the machines were read again after a failure
	cleared  bool // clearAway has begun
	unlocked bool // Fly refused to make the lock of a first deploy
	started  time.Time
	steps    []report.Step
	command  *report.Command
	onBegin  func(context.Context, Outcome) // called once the release is recorded; may be nil

	mu       sync.Mutex // several goroutines roll machines
	touched  []touched
	replaced []Roll // machines that another machine has replaced
}

// Apply carries a plan out. Until the first machine is rolled the old version is untouched; a later failure puts
// the previous version back. The error names the failure and what runs now.
func Apply(ctx context.Context, platform Platform, plan Plan, say Progress) (Outcome, error) {
	return newRun(platform, plan, say).apply(ctx)
}

func newRun(platform Platform, plan Plan, say Progress) *run {
	r := &run{Plan: plan, fly: platform, say: say, started: time.Now()}
	r.Rolls = slices.Clone(plan.Rolls) // the run updates them, and the plan is the caller's
	app := plan.Config.App
	r.watch = watch.Watcher{Fly: platform, App: app, Pace: plan.pace.watch, Timeout: plan.timeout(), Mask: plan.mask()}
	r.volumes = &volume.Pool{Fly: platform, App: app, Region: plan.Config.PrimaryRegion, Say: say}
	return r
}

// timeout returns the longest time that a machine may take to become healthy.
func (r Request) timeout() time.Duration {
	if t := r.Config.Deploy.WaitTimeout; t > 0 {
		return t
	}
	return 5 * time.Minute
}

func (r *run) apply(ctx context.Context) (Outcome, error) {
	if r.Image.IsZero() {
		return r.outcome(), fmt.Errorf("%s was not deployed, nothing was changed: its image is not built yet", r.Config.App)
	}
	if r.Nothing() && len(r.Stale) == 0 && len(r.left) == 0 && r.lock == nil && !r.hasOpenRelease(ctx) {
		return r.keep(ctx)
	}
	if err := r.timeStep("leases", ctx, r.reserve); err != nil {
		return r.outcome(), err
	}
	defer func() { r.leases.GiveBack() }()
	ctx = r.leases.KeepRenewed(ctx)
	if err := r.removeStale(ctx); err != nil {
		return r.outcome(), causeOf(ctx, err)
	}
	if r.Nothing() {
		r.closeInterrupted(ctx)
		return r.keep(ctx)
	}
	err := r.begin(ctx)
	if err == nil {
		r.reportBegin(ctx)
		err = r.do(ctx)
	}
	outcome := r.outcome()
	outcome.interrupted = r.end(ctx, err)
	return outcome, err
}

// do runs the steps of a deploy in order. The first two steps do not touch the old machines, and the last one removes
// only machines that are no longer needed, so only the two steps between have an undo.
func (r *run) do(ctx context.Context) error {
	for _, step := range []struct {
		name string
		do   func(context.Context) error
		undo func(context.Context) string // returns what runs now
	}{
		{"secrets", r.stageSecrets, nil},
		{"release command", r.runReleaseCommand, nil},
		{"machines", r.rollMachines, r.putBack},
		{"verify", r.verify, r.putBack},
		{"clear away", r.clearAway, nil},
	} {
		err := r.timeStep(step.name, ctx, step.do)
		if err == nil {
			continue
		}
		err = causeOf(ctx, err)
		if step.undo != nil {
			err = fmt.Errorf("%w\n%s", err, step.undo(ctx))
			r.refresh(ctx)
		}
		return err
	}
	return nil
}

func (r *run) stageSecrets(ctx context.Context) error {
	if !r.secrets.Write {
		return nil
	}
	r.say("staging %s", english.Plural(r.Secrets.Len(), "secret", ""))
	if unset := r.secrets.Unset; len(unset) > 0 {
		r.say("removing %s: %s", english.Plural(len(unset), "secret", ""), strings.Join(unset, ", "))
	}
	version, all, err := r.fly.SetSecrets(ctx, r.Config.App, r.Secrets, r.secrets.Unset...)
	if err != nil {
		return fmt.Errorf("the secrets of %s were not staged: %w", r.Config.App, err)
	}
	r.secrets = r.secrets.AfterWrite(version, all)
	return nil
}

// timeStep records the duration of a step, unless the step had nothing to do.
func (r *run) timeStep(name string, ctx context.Context, do func(context.Context) error) error {
	start := time.Now()
	err := do(ctx)
	if took := time.Since(start).Seconds(); took >= 0.05 || err != nil {
		r.steps = append(r.steps, report.Step{Name: name, Seconds: math.Round(took*10) / 10})
	}
	return err
}

// keep ends a deploy that has nothing to change: keep verifies that all machines are healthy.
func (r *run) keep(ctx context.Context) (Outcome, error) {
	r.say("nothing changed: every machine already runs %s", r.Image.Short())
	err := r.verify(ctx)
	return r.outcome(), err
}

// causeOf returns the cause of the context's end, such as a lost lease, in place of err, which only reports that the
// context ended. It returns err while the context has no such cause.
func causeOf(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	return err
}
