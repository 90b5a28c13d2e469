package deploy

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/superfly/fly-go"
)

// run is one Apply under way.
type run struct {
	Plan
	fly     Platform
	say     Progress
	leases  *leases
	secrets secretChange
	release release
	touched []touched
}

type release struct {
	id      string
	version int
}

// Apply carries a plan out. Until the first machine is rolled the old version is untouched; after that a
// failure puts back what was there. The error says what happened and what is running now.
func Apply(ctx context.Context, platform Platform, plan Plan, say Progress) (Outcome, error) {
	r := &run{Plan: plan, fly: platform, say: say, secrets: plan.Secrets}
	start := time.Now()
	if plan.Nothing() {
		say("nothing changed: every machine already runs %s", plan.Image.Short())
		err := r.verify(ctx)
		return r.outcome(start), err
	}
	var err error
	if r.leases, err = hold(ctx, platform, plan.Config.App, ids(plan.serving), say); err != nil {
		return Outcome{}, err
	}
	defer r.leases.release()
	ctx, cancel := r.leases.guard(ctx)
	defer cancel()
	if err := r.begin(ctx); err != nil {
		return Outcome{}, err
	}
	err = r.steps(ctx)
	r.end(err)
	return r.outcome(start), err
}

// steps is the order of a deployment.
func (r *run) steps(ctx context.Context) error {
	for _, step := range []func(context.Context) error{
		r.stageSecrets,
		r.runReleaseCommand,
		r.rollMachines,
		r.verify,
	} {
		if err := step(ctx); err != nil {
			return r.putBack(err)
		}
	}
	return nil
}

func (r *run) begin(ctx context.Context) error {
	id, version, err := r.fly.StartRelease(ctx, r.Config.App, r.Image.String(), strings.ToUpper(string(r.Config.Deploy.Strategy)), r.Source)
	if err != nil {
		return fmt.Errorf("write down release of %s: %w", r.Config.App, err)
	}
	r.release = release{id, version}
	return r.fly.EndRelease(ctx, id, "running", nil)
}

// end notes how the release went. It has a deadline of its own, because the run may have lost its.
func (r *run) end(cause error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	status, note := "complete", map[string]any{"stage": r.Stage, "digest": r.Image.Digest()}
	if cause != nil {
		status, note["error"] = "failed", cause.Error()
	}
	if err := r.fly.EndRelease(ctx, r.release.id, status, note); err != nil {
		r.say("the release could not be marked %s: %v", status, err)
	}
}

func (r *run) stageSecrets(ctx context.Context) error {
	if !r.secrets.Write {
		return nil
	}
	r.say("staging %d secrets", r.Request.Secrets.Len())
	version, all, err := r.fly.SetSecrets(ctx, r.Config.App, r.Request.Secrets)
	if err != nil {
		return fmt.Errorf("stage secrets of %s: %w", r.Config.App, err)
	}
	r.secrets = r.secrets.written(r.Request.Secrets, version, all)
	return nil
}

// verify reads every machine once more: Fly may have put one back behind our back.
func (r *run) verify(ctx context.Context) error {
	for _, roll := range r.Rolls {
		if roll.Action == Destroy {
			continue
		}
		m, err := r.fly.Machine(ctx, r.Config.App, roll.Machine.ID)
		if err != nil {
			return fmt.Errorf("verify machine %s: %w", roll.Machine.ID, err)
		}
		if got := m.ImageRef.Digest; got != r.Image.Digest() {
			return fmt.Errorf("machine %s runs %s, not %s: Fly did not keep the update", m.ID, got, r.Image.Digest())
		}
		if !roll.Down {
			if m, err = r.healthy(ctx, m); err != nil {
				return err
			}
		}
		*roll.Machine = *m
	}
	return nil
}

func ids(machines []*fly.Machine) []string {
	var list []string
	for _, m := range machines {
		list = append(list, m.ID)
	}
	return list
}
