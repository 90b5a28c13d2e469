package deploy

import (
	"context"
	"fmt"
	"time"
)

// About is what a report says that the deployment itself does not know.
type About struct {
	Fly       string                           // which one
	URL       string                           // where the app answers
	SizeMB    float64                          // of the image, compressed; 0: unknown
	Migration func(ctx context.Context) string // newest that the app has, asked at the end; empty when it does not say
}

// Run applies a plan and returns the report. It is kept with the release, at its beginning, so that a run that
// is killed leaves what it was about, and again at its end. A failure is a *FailedError, whose text is the
// report.
func Run(ctx context.Context, platform Platform, plan Plan, about About, say Progress) (Report, error) {
	keep := func(ctx context.Context, report Report) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second) // the run's may be over
		defer cancel()
		if err := platform.Keep(ctx, report.App, report.Release, report.JSON()); err != nil {
			say("the report of release %d could not be kept: %v", report.Release, err)
		}
	}
	r := &run{Plan: plan, fly: platform, say: say}
	r.begun = func(ctx context.Context, o Outcome) { keep(ctx, about.on(o.Report(plan.Request, nil))) }
	outcome, failure := apply(ctx, r)
	report := about.on(outcome.Report(plan.Request, failure))
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

func (a About) on(r Report) Report {
	r.Fly, r.URL, r.SizeMB = a.Fly, a.URL, a.SizeMB
	return r
}

// FailedError is a deployment that did not come to its end.
type FailedError struct {
	Report Report
	cause  error
}

func (e *FailedError) Error() string { return e.Report.String() }
func (e *FailedError) Unwrap() error { return e.cause }

// ReportVersionError is a report that a younger pipeline wrote.
type ReportVersionError struct{ Version int }

func (e *ReportVersionError) Error() string {
	return fmt.Sprintf("read report: it has version %d, this pipeline reads version %d: use a younger one", e.Version, ReportVersion)
}
