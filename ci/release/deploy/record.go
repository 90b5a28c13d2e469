package deploy

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/renewa/pipeline/ci/release/history"
)

// release is Fly's record of a run.
type release struct {
	id      string
	version int
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

// leftOpen reports whether a release is still open: its run was killed, or is at work. Where Fly does not say,
// nobody looks after it: it is for whoever reads the list.
func (r *run) leftOpen(ctx context.Context) bool {
	all, err := r.fly.History(ctx, r.Config.App)
	return err == nil && len(history.Open(all)) > 0
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
