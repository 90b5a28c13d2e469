package deploy

import (
	"context"
	"fmt"

	"github.com/renewa/pipeline/ci/release/history"
)

// Reports is what reading a report asks of Fly. ci/fly's Client is one.
type Reports interface {
	History(ctx context.Context, app string) ([]history.Release, error)
	Report(ctx context.Context, app string, release int) ([]byte, error) // nil: none was kept
}

// LastReport is the report that the last deployment of an app left, also a failed one. One that was killed left
// the report of its beginning, with what Fly says became of it. Where there is none, what Fly knows is
// written on a blank, which has Fly, stage, app and URL.
func LastReport(ctx context.Context, platform Reports, blank Report) (Report, error) {
	app := blank.App
	all, err := platform.History(ctx, app)
	if err != nil {
		return Report{}, err
	}
	last := history.Last(all)
	if last.Version == 0 {
		return Report{}, fmt.Errorf("%s has never been deployed: there is no report", app)
	}
	text, err := platform.Report(ctx, app, last.Version)
	if err != nil {
		return Report{}, err
	}
	if text == nil {
		blank.Version, blank.Image, blank.Release = ReportVersion, last.Image, last.Version
		blank.Status, blank.Started, blank.By = Status(last.Status), last.Created, last.By
		blank.Done = fmt.Sprintf("release %d by %s left no report: it has only begun, or was not made by this pipeline", last.Version, last.By)
		return blank, nil
	}
	report, err := ParseReport(text)
	if err == nil && report.Status == Running && last.Over() {
		report.Status, report.Done = Status(last.Status), "begun and not brought to its end: it was killed"
	}
	report.By = last.By
	return report, err
}
