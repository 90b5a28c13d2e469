package deploy

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/renewa/pipeline/ci/release/deploy/report"
	"github.com/renewa/pipeline/ci/release/history"
)

// release identifies Fly's record of a run.
type release struct {
	id      string
	version int
}

func (r *run) begin(ctx context.Context) error {
	app := r.Config.App
	r.closeInterrupted(ctx)
	id, version, err := r.fly.StartRelease(ctx, app, r.Image.String(), strings.ToUpper(string(r.Config.Deploy.Strategy)), r.Source)
	if err != nil {
		return fmt.Errorf("no release of %s was recorded, nothing was changed: %w", app, causeOf(ctx, err))
	}
	r.release = release{id, version}
	if err := r.fly.EndRelease(ctx, id, "running", nil); err != nil {
		return fmt.Errorf("the release of %s was not marked running, nothing was changed: %w", app, causeOf(ctx, err))
	}
	return nil
}

func (r *run) reportBegin(ctx context.Context) {
	if r.onBegin == nil {
		return
	}
	outcome := r.outcome()
	outcome.begun = true
	r.onBegin(ctx, outcome)
}

// hasOpenRelease reports whether a release has not ended, because its run is still going on or was killed. It returns
// false when Fly fails, because only the list of releases depends on the result.
func (r *run) hasOpenRelease(ctx context.Context) bool {
	all, err := r.fly.History(ctx, r.Config.App)
	return err == nil && len(history.Open(all)) > 0
}

// closeInterrupted ends the releases of killed runs; this run holds the leases, so no other run is going on. It only
// reports errors, because nothing but the list of releases depends on it.
func (r *run) closeInterrupted(ctx context.Context) {
	all, err := r.fly.History(ctx, r.Config.App)
	for _, open := range history.Open(all) {
		if err == nil {
			r.say("release %d by %s was interrupted: going on from the state that it left", open.Version, open.By)
			err = r.fly.EndRelease(ctx, open.ID, string(report.Interrupted), map[string]any{"error": "killed; a later run went on from here"})
		}
	}
	if err != nil {
		r.say("earlier releases that were interrupted could not be marked: %v", err)
	}
}

// end records the status of the release and reports whether the run was interrupted. end has a timeout of its own,
// causeOf the run's context may have ended.
func (r *run) end(run context.Context, cause error) (interrupted bool) {
	if r.release.id == "" {
		return false
	}
	status, note := report.Complete, map[string]any{"stage": r.Stage, "digest": r.Image.Digest()}
	if cause != nil {
		status, note["error"] = report.Failed, cause.Error()
	}
	if cause != nil && errors.Is(context.Cause(run), context.Canceled) {
		status = report.Interrupted
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(run), 10*time.Second)
	defer cancel()
	if err := r.fly.EndRelease(ctx, r.release.id, string(status), note); err != nil {
		r.say("the release could not be marked %s: %v", status, err)
	}
	return status == report.Interrupted
}
