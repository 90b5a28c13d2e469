package report

import (
	"context"
	"fmt"
	"slices"

	"github.com/renewa/pipeline/ci/release/history"
)

// Migrations returns the migrations that the reports name: the newest one at the time of a release, empty when its
// report has none, and those that later release commands added, oldest first. A rollback adds none. A failed release
// may have added some before it failed.
func Migrations(ctx context.Context, store Store, app string, all []history.Release, of history.Release) (then string, since []string) {
	for _, release := range slices.Backward(history.From(all, of)) {
		text, err := store.Report(ctx, app, release.Version)
		if err != nil || text == nil {
			continue
		}
		report, err := Parse(text)
		switch {
		case err != nil:
		case release.Version == of.Version:
			then = report.Migration
		case report.Command == nil || report.Command.ExitCode == nil || *report.Command.ExitCode != 0:
		case report.Migration != "" && !slices.Contains(since, report.Migration):
			since = append(since, report.Migration)
		case report.Migration == "" && !report.Good():
			since = append(since, fmt.Sprintf("those of release %d, which failed after its migrations ran", release.Version))
		}
	}
	return then, since
}
