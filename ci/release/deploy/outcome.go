package deploy

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/dustin/go-humanize/english"

	"github.com/renewa/pipeline/ci/release/deploy/machine"
	"github.com/renewa/pipeline/ci/release/deploy/report"
)

// About has the parts of a report that package deploy does not know.
type About struct {
	Fly       string                           // Fly.io, or the address of a local Fly
	URL       string                           // of the app
	SizeMB    float64                          // of the image, compressed; 0: unknown
	Commit    string                           // of the image's sources, or image.Elsewhere; empty: unknown
	Migration func(ctx context.Context) string // returns the app's newest migration after the deploy; empty: unknown
}

// Run applies a plan and returns the report. Run stores the report with the release at the beginning, so that a killed
// run has a report too, and again at the end. The error is a *FailedError, whose text has the report.
func Run(ctx context.Context, platform Platform, plan Plan, about About, say Progress) (report.Report, error) {
	keep := func(ctx context.Context, report report.Report) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second) // the run's context may have ended
		defer cancel()
		if err := platform.Keep(ctx, report.App, report.Release, report.JSON()); err != nil {
			say("the report of release %d could not be kept: %v", report.Release, err)
		}
	}
	r := newRun(platform, plan, say)
	r.onBegin = func(ctx context.Context, o Outcome) { keep(ctx, about.addTo(o.Report(plan.Request, nil))) }
	outcome, failure := r.apply(ctx)
	report := about.addTo(outcome.Report(plan.Request, failure))
	if about.Migration != nil && failure == nil {
		report.Migration = about.Migration(ctx)
	}
	if report.Release > 0 {
		keep(ctx, report)
	}
	if failure != nil {
		return report, &FailedError{report, failure}
	}
	return report, nil
}

func (a About) addTo(r report.Report) report.Report {
	r.Fly, r.URL, r.SizeMB, r.Commit = a.Fly, a.URL, a.SizeMB, a.Commit
	return r
}

// FailedError is a deploy that failed or was interrupted. Its text begins with what happened and what runs now.
type FailedError struct {
	Report report.Report
	cause  error
}

func (e *FailedError) Error() string { return e.Report.Failure() }
func (e *FailedError) Unwrap() error { return e.cause }

// Outcome describes the changes that a deploy made.
type Outcome struct {
	Nothing bool            // the app already was as requested
	Release int             // Fly's number of the release; 0: the deploy changed nothing
	Rolls   []Roll          // with the machines in their present state
	Secrets []string        // names of the secrets that were staged
	Removed []string        // names of the secrets that were removed
	Command *report.Command // nil: no release command ran
	Steps   []report.Step   // in order; a step that failed is the last
	Started time.Time       // wall time
	Took    time.Duration

	interrupted, begun bool
	unread             bool   // Fly did not answer after a failure: the machines of Rolls are as they were before it
	cleared            bool   // the deploy began to destroy the machines that are no longer needed
	later              string // the release command that did not run, because nothing changed
}

func (r *run) outcome() Outcome {
	o := Outcome{Nothing: r.Nothing(), Release: r.release.version, Rolls: r.Rolls, Command: r.command, Steps: r.steps, Started: r.started, Took: time.Since(r.started), later: r.later(), unread: r.unread, cleared: r.cleared}
	if r.secrets.Write {
		o.Secrets, o.Removed = r.Secrets.Names(), r.secrets.Unset
	}
	return o
}

// Report returns the outcome for a person. failure is the error that Apply returned together with the outcome.
func (o Outcome) Report(r Request, failure error) report.Report {
	rep := report.Report{
		Version: report.Version, Stage: r.Stage, App: r.Config.App, Image: r.Image.String(), Release: o.Release,
		Status: report.Complete, Strategy: string(r.Config.Deploy.Strategy), Done: o.done(), Note: r.Note, Secrets: o.Secrets,
		Command: o.Command, Config: r.Source,
		Started: o.Started.UTC().Truncate(time.Millisecond), Seconds: o.Took.Round(time.Millisecond).Seconds(), Steps: o.Steps,
	}
	for _, roll := range o.Rolls {
		stays := roll.Action != machine.Destroy || failure != nil && !o.cleared
		if roll.Machine != nil && stays {
			rep.Machines = append(rep.Machines, roll.report())
		}
	}
	switch {
	case failure != nil && o.interrupted:
		rep.Status, rep.Error = report.Interrupted, failure.Error()
	case failure != nil:
		rep.Status, rep.Error = report.Failed, failure.Error()
	case o.Nothing:
		rep.Status = report.Unchanged
		if o.later != "" {
			rep.Done += ", no release command run"
		}
	case o.begun:
		rep.Status, rep.Done = report.Running, "Still running, or stopped half-way. Run deploy again: it waits and finishes"
	}
	rep.Unread = o.unread
	if failure != nil {
		first, _, _ := strings.Cut(rep.Error, "\n")
		rep.Done = strings.ToUpper(string(rep.Status)) + ": " + first
	}
	return rep
}

func (roll Roll) report() report.Machine {
	m := roll.Machine
	return report.Machine{
		ID: m.ID, Group: roll.Group, Region: m.Region, Action: roll.Action, Before: roll.before, After: m.ImageRef.Digest,
		State: m.State, Healthy: machine.Healthy(m), Down: roll.Down,
	}
}

func (o Outcome) done() string {
	if o.Nothing {
		return "nothing changed: no secret written, no machine touched"
	}
	parts := []string{fmt.Sprintf("release %d", o.Release)}
	if n := len(o.Secrets); n > 0 {
		parts = append(parts, english.Plural(n, "secret", "")+" staged")
	}
	if n := len(o.Removed); n > 0 {
		parts = append(parts, english.Plural(n, "secret", "")+" removed")
	}
	by := map[machine.Action]int{}
	for _, roll := range o.Rolls {
		by[roll.Action]++
	}
	for _, a := range []struct {
		action machine.Action
		verb   string
	}{{machine.Create, "created"}, {machine.Update, "updated"}, {machine.Keep, "kept"}, {machine.Destroy, "destroyed"}} {
		if n := by[a.action]; n > 0 {
			parts = append(parts, english.Plural(n, "machine", "")+" "+a.verb)
		}
	}
	return strings.Join(parts, ", ")
}
