package deploy

import (
	"context"
	"fmt"

	"github.com/renewa/pipeline/ci/history"
)

// Reports is what reading a report asks of Fly. ci/fly's Client is one.
type Reports interface {
	History(ctx context.Context, app string) ([]history.Release, error)
	Report(ctx context.Context, app string, release int) ([]byte, error) // nil: none was kept
}

// LastReport is the report that the last deployment of an app left, also a failed one. A deployment that was
// killed left none: then what Fly knows of it is written on a blank, which has Fly, stage, app and URL.
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
		blank.Status, blank.Started = Status(last.Status), last.Created
		blank.Done = fmt.Sprintf("release %d by %s left no report: it is under way, was killed, or was not made by this pipeline", last.Version, last.By)
		return blank, nil
	}
	return ParseReport(text)
}
