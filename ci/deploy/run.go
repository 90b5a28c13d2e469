package deploy

import (
	"context"
	"fmt"
)

// About is what a report says that the deployment itself does not know.
type About struct {
	Fly       string                           // which one
	URL       string                           // where the app answers
	SizeMB    float64                          // of the image, compressed; 0: unknown
	Migration func(ctx context.Context) string // newest that the app has, asked at the end; empty when it does not say
}

// Run applies a plan, keeps the report with the release, and returns it. A failure is a *FailedError, whose
// text is the report.
func Run(ctx context.Context, platform Platform, plan Plan, about About, say Progress) (Report, error) {
	outcome, failure := Apply(ctx, platform, plan, say)
	report := outcome.Report(plan.Request, failure)
	report.Fly, report.URL, report.SizeMB = about.Fly, about.URL, about.SizeMB
	if about.Migration != nil && failure == nil {
		report.Migration = about.Migration(ctx)
	}
	if report.Release > 0 {
		if err := platform.Keep(ctx, report.App, report.Release, report.JSON()); err != nil {
			say("the report of release %d could not be kept: %v", report.Release, err)
		}
	}
	if failure != nil {
		return report, &FailedError{report, failure}
	}
	return report, nil
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
