package report_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/golden"
	"github.com/renewa/pipeline/ci/release/deploy/machine"
	"github.com/renewa/pipeline/ci/release/deploy/report"
	"github.com/renewa/pipeline/ci/release/image"
)

func TestAReportIsPrintedAsInItsGoldenFiles(t *testing.T) {
	full := report.Report{
		Version: report.Version, Fly: "flylocal (127.0.0.1:4280)", Stage: "development", App: "renewa-app",
		Image:  "registry.fly.io/renewa-app@sha256:0000000000000000000000000000000000000000000000000000000000000001",
		SizeMB: 104.26, Commit: "4f0c21be0a9d4f0c21be0a9d4f0c21be0a9d4f0c", Release: 3, Status: report.Complete, Strategy: "rolling",
		Done: "release 3, 1 secret staged, 1 machine updated, 1 machine created", Secrets: []string{"JWT_SECRET"},
		Machines: []report.Machine{
			{ID: "148e001", Group: "app", Region: "fra", Action: machine.Update, Before: "sha256:2", After: "sha256:1", State: "started", Healthy: true},
			{ID: "148e002", Group: "app", Region: "fra", Action: machine.Create, State: "stopped", Down: true},
		},
		Migration: "0042_orders", URL: "http://renewa-app.localhost:4280", Started: time.Unix(1767225600, 0).UTC(), Seconds: 7.04,
		Steps: []report.Step{{Name: "release command", Seconds: 1.2}, {Name: "machines", Seconds: 5}},
	}
	zero, three := 0, 3
	full.By, full.Command = "ada@example.org", &report.Command{Command: "/app/migrate apply", Machine: "148e009", ExitCode: &zero}
	full.Config = json.RawMessage(`{"app":"renewa-app"}`)
	failed := full
	failed.Command = &report.Command{Command: "sh -c '/app/migrate apply | tee log'", Machine: "148e009", ExitCode: &three, Log: []string{"url is ***"}}
	failed.Commit = image.Elsewhere
	failed.Status, failed.Migration, failed.Done = report.Failed, "", "FAILED: machine 148e001 exited with code 1"
	failed.Error = "machine 148e001 exited with code 1\n  listen: address | in use\nThe previous version was put back on 1 machine."
	least := report.Report{
		Version: report.Version, Fly: "Fly.io", Stage: "production", App: "shop", Image: "registry.fly.io/shop@sha256:1",
		Status: report.Unchanged, Done: "nothing changed: no secret written, no machine touched", URL: "https://shop.fly.dev",
	}
	for name, r := range map[string]report.Report{"report": full, "report-failed": failed, "report-least": least} {
		golden.Equal(t, name+".txt", r.String())
		golden.Equal(t, name+".md", r.Markdown())
		golden.Equal(t, name+".json", string(r.JSON()))
		read, err := report.Parse(r.JSON())
		require.NoError(t, err)
		require.Equal(t, r, read)
	}
}

func TestTheErrorOfADeployBeginsWithWhatHappenedAndWhatRunsNow(t *testing.T) {
	machine := func(before, after string, healthy bool) report.Machine {
		return report.Machine{Before: before, After: after, Healthy: healthy}
	}
	for want, c := range map[string]struct {
		status   report.Status
		unread   bool
		machines []report.Machine
	}{
		"deploy to staging failed: no; the app runs no machine": {status: report.Failed},
		"deploy to staging was interrupted: no; the previous image runs on 2 machines, 1 healthy": {
			status: report.Interrupted, machines: []report.Machine{machine("sha256:1", "sha256:1", true), machine("sha256:1", "sha256:1", false)},
		},
		"deploy to staging failed: no; the previous image runs on 1 machine, 1 healthy; the new image runs on 1 machine, 0 healthy": {
			status: report.Failed, machines: []report.Machine{machine("sha256:1", "sha256:2", false), machine("sha256:1", "sha256:1", true)},
		},
		"deploy to staging failed: no; the same image as before runs on 1 machine, 1 healthy": {
			status: report.Failed, machines: []report.Machine{machine("sha256:2", "sha256:2", true)},
		},
		"deploy to staging failed: no; an unknown image runs on 1 machine, 0 healthy": {status: report.Failed, machines: []report.Machine{machine("sha256:2", "", false)}},
		"deploy to staging failed: no; what runs now is unknown, because Fly did not answer: dagger call status": {
			status: report.Failed, unread: true, machines: []report.Machine{machine("sha256:1", "sha256:1", true)},
		},
	} {
		r := report.Report{Stage: "staging", Image: "registry.fly.io/shop@sha256:2", Status: c.status, Error: "no.\nlog", Machines: c.machines, Unread: c.unread}
		first, _, _ := strings.Cut(r.Failure(), "\n")
		require.Equal(t, want, first)
	}
}

func TestAReportOfANewerPipelineIsRefused(t *testing.T) {
	_, err := report.Parse([]byte(`{"version":2}`))
	require.ErrorContains(t, err, "upgrade the pipeline module")
}
