package deploy_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/config/secret"
	"github.com/renewa/pipeline/ci/output"
	"github.com/renewa/pipeline/ci/release/deploy"
	"github.com/renewa/pipeline/ci/release/deploy/report"
	"github.com/renewa/pipeline/flylocal/scripted"
)

// run plans, applies and reports, as deploy does.
func (w *world) run(r deploy.Request) (report.Report, error) {
	w.Helper()
	about := deploy.About{Fly: "flylocal", URL: "http://shop", Migration: func(context.Context) string { return "0042" }}
	return deploy.Run(w.Context(), w.client, w.plan(r), about, w.say)
}

func (w *world) keptReport(release int) report.Report {
	w.Helper()
	text, err := w.client.Report(w.Context(), "shop", release)
	require.NoError(w, err)
	kept, err := report.Parse(text)
	require.NoError(w, err)
	return kept
}

func TestTheReportIsKeptWithItsRelease(t *testing.T) {
	w := open(t)
	r := w.request(w.image(nil))
	got, err := w.run(r)
	require.NoError(t, err)
	require.Equal(t, report.Complete, got.Status)
	require.Equal(t, "0042", got.Migration)
	require.Equal(t, []string{"DATABASE_URL", "JWT_SECRET"}, got.Secrets, "names only")
	require.Len(t, got.Machines, 2)
	require.Equal(t, got, w.keptReport(1))
	again, err := w.run(r)
	require.NoError(t, err)
	require.Equal(t, report.Unchanged, again.Status)
	require.Equal(t, got, w.keptReport(1), "a run that did nothing leaves the last report")
}

func TestTheErrorOfAFailedDeployIsItsReportAndIsKept(t *testing.T) {
	w := open(t)
	w.deploy(w.request(w.image(nil)))
	got, err := w.run(w.request(w.image(afterRelease(scripted.Act{Ends: true, Code: 1, Output: []string{"my secret is planted-jwt-secret"}}))))
	require.Equal(t, got.Failure(), err.Error())
	first, rest, _ := strings.Cut(err.Error(), "\n")
	require.Regexp(t, `^deploy to development failed: machine \w+ .*exit(ed with)? code:? 1.*; the previous image runs on 2 machines, 2 healthy$`, first)
	require.Equal(t, got.String(), rest)
	require.Equal(t, report.Failed, got.Status)
	require.Regexp(t, `exit(ed with)? code:? 1`, got.Error)
	require.Contains(t, got.Error, "The previous version was put back on 1 machine.")
	require.NotContains(t, string(got.JSON()), "planted-jwt-secret")
	require.Contains(t, got.Error, "my secret is ***")
	require.Equal(t, got, w.keptReport(2))
	require.Equal(t, 2, got.Healthy(), "the machines with the previous version")
	for _, m := range got.Machines {
		require.Equal(t, m.Before, m.After)
	}
}

func TestTheLastReportIsThatOfTheLastReleaseAlsoAFailedOne(t *testing.T) {
	w := open(t)
	_, err := report.Last(t.Context(), w.client, report.Report{Stage: "production", App: "nobody", Fly: "Fly.io"})
	require.EqualError(t, output.Error(err), "app nobody of environment production does not exist on Fly.io\n"+
		"`dagger call setup --env production` lists what is missing, --apply creates it")
	_, err = report.Last(t.Context(), w.client, report.Report{Stage: "production", App: "shop"})
	require.EqualError(t, err, "app shop of environment production was never deployed, so there is no report: deploy or promote an image to it first")
	_, err = w.run(w.request(w.image(nil)))
	require.NoError(t, err)
	failed, err := w.run(w.request(w.image(afterRelease(scripted.Act{Ends: true, Code: 1}))))
	require.Error(t, err)
	last, err := report.Last(t.Context(), w.client, report.Report{App: "shop"})
	require.NoError(t, err)
	require.NotEmpty(t, last.By)
	last.By = ""
	require.Equal(t, failed, last)

	w.deploy(w.request(w.image(nil))) // stores no report, like a deploy that is killed at once
	last, err = report.Last(t.Context(), w.client, report.Report{App: "shop"})
	require.NoError(t, err)
	require.Equal(t, 3, last.Release)
	require.Contains(t, last.Done, "has no report")
}

func TestAReportThatCannotBeKeptIsReportedAndFailsNothing(t *testing.T) {
	w := open(t)
	w.fault("PUT /v2/shop/manifests/release-1", map[string]any{"status": 403}, 1000)
	got, err := w.run(w.request(w.image(nil)))
	require.NoError(t, err)
	require.Equal(t, report.Complete, got.Status)
	require.Contains(t, w.lines[len(w.lines)-1], "the report of release 1 could not be kept")
}

func TestTheSummaryCountsTheChanges(t *testing.T) {
	w := open(t)
	r := w.request(w.image(nil))
	r.Machines, r.Secrets = 1, secret.NewSet(map[string]string{"DATABASE_URL": "postgres://shop:hunter2hunter2@db/shop"})
	require.Equal(t, "release 1, 1 secret staged, 1 machine created", w.deploy(r).Report(r, nil).Done)
	r.Image = w.image(nil)
	require.Equal(t, "release 2, 1 machine updated", w.deploy(r).Report(r, nil).Done)
}

func TestARunThatIsKilledLeavesTheReportOfItsBeginning(t *testing.T) {
	w := open(t)
	v1 := w.image(nil)
	ctx, cancel := context.WithCancel(t.Context())
	w.wire.cut = func(_ int, r *http.Request) (before, after bool) {
		if r.Method == http.MethodPost && r.URL.Path == "/v1/apps/shop/secrets" {
			cancel()
		}
		return ctx.Err() != nil, false
	}
	_, err := deploy.Run(ctx, w.client, w.plan(w.request(v1)), deploy.About{Fly: "flylocal", URL: "http://shop"}, w.say)
	require.Error(t, err)
	w.wire.cut = nil
	last, err := report.Last(t.Context(), w.client, report.Report{App: "shop"})
	require.NoError(t, err)
	require.Equal(t, report.Running, last.Status)
	require.Contains(t, last.Done, "Still running, or stopped half-way")
	require.Equal(t, v1.String(), last.Image)
	require.JSONEq(t, `{"app":"shop"}`, string(last.Config))

	release := w.app().Releases[0]
	require.NoError(t, w.client.EndRelease(t.Context(), release.ID, "interrupted", nil)) // as the next run does
	last, err = report.Last(t.Context(), w.client, report.Report{App: "shop"})
	require.NoError(t, err)
	require.Equal(t, report.Interrupted, last.Status)
	require.Contains(t, last.Done, "killed before it ended")
}

func TestAReportContainsTheReleaseCommandWithItsExitCodeAndTail(t *testing.T) {
	w := open(t)
	got, err := w.run(w.request(w.image(nil)))
	require.NoError(t, err)
	require.Equal(t, "/app/migrate apply, exit code 0", got.Command.String())
	got, err = w.run(w.request(w.image(failsToMigrate)))
	require.Error(t, err)
	require.Equal(t, 7, *got.Command.ExitCode)
	require.Contains(t, got.Command.Log, "url is ***")
	require.Equal(t, got.Command, w.keptReport(2).Command)
	require.NotContains(t, string(got.JSON()), "hunter2")
}
