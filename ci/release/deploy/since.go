package deploy

import (
	"context"
	"fmt"
	"slices"

	"github.com/renewa/pipeline/ci/release/history"
)

// Migrations is what the reports say of the database: the newest migration of one release, empty where its
// report does not tell, and what the release commands after it brought, oldest first. A release that was gone
// back to brought nothing; one that failed may have, before it did.
func Migrations(ctx context.Context, platform Reports, app string, all []history.Release, of history.Release) (then string, since []string) {
	for _, release := range slices.Backward(history.From(all, of)) {
		text, err := platform.Report(ctx, app, release.Version)
		if err != nil || text == nil {
			continue
		}
		report, err := ParseReport(text)
		switch {
		case err != nil:
		case release.Version == of.Version:
			then = report.Migration
		case report.Command == nil || report.Command.ExitCode == nil || *report.Command.ExitCode != 0:
		case report.Migration != "" && !slices.Contains(since, report.Migration):
			since = append(since, report.Migration)
		case report.Migration == "" && !report.Good():
			since = append(since, fmt.Sprintf("those of release %d, which failed later", release.Version))
		}
	}
	return then, since
}
