package report

import (
	"context"
	"fmt"

	"github.com/renewa/pipeline/ci/release/history"
	"github.com/renewa/pipeline/ci/release/setup"
)

// Store returns releases and their reports. ci/fly's Client implements it.
type Store interface {
	History(ctx context.Context, app string) ([]history.Release, error)
	Report(ctx context.Context, app string, release int) ([]byte, error) // nil: the release has no report
	Absent(err error) bool                                               // Fly answered that the app does not exist
}

// Last returns the report of an app's last deploy, also of a failed one. The report of a killed deploy is from its
// beginning; Last adds the status that Fly has for the release. For a release without a report, Last returns blank with
// the fields that Fly's record has. blank has Fly, stage, app and URL.
func Last(ctx context.Context, store Store, blank Report) (Report, error) {
	app := blank.App
	all, err := store.History(ctx, app)
	if store.Absent(err) {
		return Report{}, &setup.NoAppError{App: app, Environment: blank.Stage, Fly: blank.Fly}
	}
	if err != nil {
		return Report{}, fmt.Errorf("the last report of environment %s cannot be read: %w", blank.Stage, err)
	}
	last := history.Last(all)
	if last.Version == 0 {
		return Report{}, fmt.Errorf("app %s of environment %s was never deployed, so there is no report: deploy or promote an image to it first", app, blank.Stage)
	}
	text, err := store.Report(ctx, app, last.Version)
	if err != nil {
		return Report{}, err
	}
	if text == nil {
		blank.Version, blank.Image, blank.Release = Version, last.Image, last.Version
		blank.Status, blank.Started, blank.By = Status(last.Status), last.Created, last.By
		blank.Done = fmt.Sprintf("release %d by %s has no report: it has only begun, or another tool made it", last.Version, last.By)
		return blank, nil
	}
	report, err := Parse(text)
	if err == nil && report.Status == Running && last.Over() {
		report.Status, report.Done = Status(last.Status), "The deploy was killed before it ended"
	}
	report.By = last.By
	return report, err
}
