package deploy_test

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/golden"
	"github.com/renewa/pipeline/ci/release/deploy"
	"github.com/renewa/pipeline/flylocal/scripted"
)

func TestAReportReadsAsAPersonWouldHaveWrittenIt(t *testing.T) {
	full := deploy.Report{
		Version: deploy.ReportVersion, Fly: "flylocal (127.0.0.1:4280)", Stage: "development", App: "renewa-app",
		Image:  "registry.fly.io/renewa-app@sha256:0000000000000000000000000000000000000000000000000000000000000001",
		SizeMB: 104.26, Release: 3, Status: deploy.Complete, Strategy: "rolling",
		Done: "release 3, 1 secret staged, 1 machine updated, 1 machine created", Secrets: []string{"JWT_SECRET"},
		Machines: []deploy.Machine{
			{ID: "148e001", Group: "app", Region: "fra", Action: deploy.Update, Before: "sha256:2", After: "sha256:1", State: "started", Healthy: true},
			{ID: "148e002", Group: "app", Region: "fra", Action: deploy.Create, State: "stopped"},
		},
		Migration: "0042_orders", URL: "http://renewa-app.localhost:4280", Started: time.Unix(1767225600, 0).UTC(), Seconds: 7.04,
		Steps: []deploy.Step{{Name: "release command", Seconds: 1.2}, {Name: "machines", Seconds: 5}},
	}
	zero, three := 0, 3
	full.By, full.Command = "ada@example.org", &deploy.Command{Command: "/app/migrate apply", Machine: "148e009", ExitCode: &zero}
	full.Config = json.RawMessage(`{"app":"renewa-app"}`)
	failed := full
	failed.Command = &deploy.Command{Command: "sh -c '/app/migrate apply | tee log'", Machine: "148e009", ExitCode: &three, Log: []string{"url is ***"}}
	failed.Status, failed.Migration, failed.Done = deploy.Failed, "", "not done: see error"
	failed.Error = "machine 148e001 exited with code 1\n  listen: address | in use\nThe previous version was put back on 1 machine."
	least := deploy.Report{
		Version: deploy.ReportVersion, Fly: "Fly.io", Stage: "production", App: "shop", Image: "registry.fly.io/shop@sha256:1",
		Status: deploy.Unchanged, Done: "nothing changed: no secret written, no machine touched", URL: "https://shop.fly.dev",
	}
	for name, r := range map[string]deploy.Report{"report": full, "report-failed": failed, "report-least": least} {
		golden.Equal(t, name+".txt", r.String())
		golden.Equal(t, name+".md", r.Markdown())
		golden.Equal(t, name+".json", string(r.JSON()))
		read, err := deploy.ParseReport(r.JSON())
		require.NoError(t, err)
		require.Equal(t, r, read)
	}
}

func TestAReportOfAYoungerPipelineIsRefused(t *testing.T) {
	_, err := deploy.ParseReport([]byte(`{"version":2}`))
	require.ErrorContains(t, err, "use a younger one")
}

// run is what a door does once it has a plan.
func (w *world) run(r deploy.Request) (deploy.Report, error) {
	w.Helper()
	about := deploy.About{Fly: "flylocal", URL: "http://shop", Migration: func(context.Context) string { return "0042" }}
	return deploy.Run(w.Context(), w.client, w.plan(r), about, w.say)
}

func (w *world) kept(release int) deploy.Report {
	w.Helper()
	text, err := w.client.Report(w.Context(), "shop", release)
	require.NoError(w, err)
	report, err := deploy.ParseReport(text)
	require.NoError(w, err)
	return report
}

func TestTheReportIsKeptWithItsRelease(t *testing.T) {
	w := open(t)
	r := w.request(w.image(nil))
	report, err := w.run(r)
	require.NoError(t, err)
	require.Equal(t, deploy.Complete, report.Status)
	require.Equal(t, "0042", report.Migration)
	require.Equal(t, []string{"DATABASE_URL", "JWT_SECRET"}, report.Secrets, "names only")
	require.Len(t, report.Machines, 2)
	require.Equal(t, report, w.kept(1))
	again, err := w.run(r)
	require.NoError(t, err)
	require.Equal(t, deploy.Unchanged, again.Status)
	require.Equal(t, report, w.kept(1), "a run that did nothing leaves the last report")
}

func TestTheErrorOfAFailedDeployIsItsReportAndIsKept(t *testing.T) {
	w := open(t)
	w.deploy(w.request(w.image(nil)))
	report, err := w.run(w.request(w.image(serving(scripted.Act{Ends: true, Code: 1, Output: []string{"my secret is planted-jwt-secret"}}))))
	require.Equal(t, report.String(), err.Error())
	require.Equal(t, deploy.Failed, report.Status)
	require.Regexp(t, `exit(ed with)? code:? 1`, report.Error)
	require.Contains(t, report.Error, "The previous version was put back on 1 machine.")
	require.NotContains(t, string(report.JSON()), "planted-jwt-secret")
	require.Contains(t, report.Error, "my secret is ***")
	require.Equal(t, report, w.kept(2))
	require.Equal(t, 2, report.Healthy(), "what was put back")
	for _, m := range report.Machines {
		require.Equal(t, m.Before, m.After)
	}
}

func TestTheLastReportIsThatOfTheLastReleaseAlsoAFailedOne(t *testing.T) {
	w := open(t)
	_, err := deploy.LastReport(t.Context(), w.client, deploy.Report{App: "shop"})
	require.ErrorContains(t, err, "shop has never been deployed")
	_, err = w.run(w.request(w.image(nil)))
	require.NoError(t, err)
	failed, err := w.run(w.request(w.image(serving(scripted.Act{Ends: true, Code: 1}))))
	require.Error(t, err)
	last, err := deploy.LastReport(t.Context(), w.client, deploy.Report{App: "shop"})
	require.NoError(t, err)
	require.NotEmpty(t, last.By)
	last.By = ""
	require.Equal(t, failed, last)

	w.deploy(w.request(w.image(nil))) // as one that was killed before it could keep its report
	last, err = deploy.LastReport(t.Context(), w.client, deploy.Report{App: "shop"})
	require.NoError(t, err)
	require.Equal(t, 3, last.Release)
	require.Contains(t, last.Done, "left no report")
}

func TestAReportThatCannotBeKeptIsSaidAndFailsNothing(t *testing.T) {
	w := open(t)
	w.fault("PUT /v2/shop/manifests/release-1", map[string]any{"status": 403}, 1000)
	report, err := w.run(w.request(w.image(nil)))
	require.NoError(t, err)
	require.Equal(t, deploy.Complete, report.Status)
	require.Contains(t, w.said[len(w.said)-1], "the report of release 1 could not be kept")
}

func TestWhatWasDoneIsCountedInWords(t *testing.T) {
	w := open(t)
	r := w.request(w.image(nil))
	r.Machines, r.Secrets = 1, given.Without("JWT_SECRET")
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
	last, err := deploy.LastReport(t.Context(), w.client, deploy.Report{App: "shop"})
	require.NoError(t, err)
	require.Equal(t, deploy.Running, last.Status)
	require.Contains(t, last.Done, "it is under way, or was killed")
	require.Equal(t, v1.String(), last.Image)
	require.JSONEq(t, `{"app":"shop"}`, string(last.Config))

	release := w.app().Releases[0]
	require.NoError(t, w.client.EndRelease(t.Context(), release.ID, "interrupted", nil)) // as the next run does
	last, err = deploy.LastReport(t.Context(), w.client, deploy.Report{App: "shop"})
	require.NoError(t, err)
	require.Equal(t, deploy.Interrupted, last.Status)
	require.Contains(t, last.Done, "it was killed")
}

func TestAReportTellsTheReleaseCommandWithItsExitCodeAndTail(t *testing.T) {
	w := open(t)
	report, err := w.run(w.request(w.image(nil)))
	require.NoError(t, err)
	require.Equal(t, "/app/migrate apply, exit code 0", report.Command.String())
	report, err = w.run(w.request(w.image(failsToMigrate)))
	require.Error(t, err)
	require.Equal(t, 7, *report.Command.ExitCode)
	require.Contains(t, report.Command.Log, "url is ***")
	require.Equal(t, report.Command, w.kept(2).Command)
	require.NotContains(t, string(report.JSON()), "hunter2")
}
