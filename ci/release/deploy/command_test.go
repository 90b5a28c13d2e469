package deploy_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	gofly "github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/release/deploy"
	"github.com/renewa/pipeline/ci/release/deploy/report"
	"github.com/renewa/pipeline/ci/release/history"
	"github.com/renewa/pipeline/flylocal/scripted"
)

func (w *world) releaseMachines() (all []gofly.MachineConfig) {
	w.Helper()
	for _, m := range w.app().Machines {
		var config gofly.MachineConfig
		require.NoError(w, json.Unmarshal(m.Config, &config))
		if config.Env["RELEASE_COMMAND"] != "" {
			all = append(all, config)
		}
	}
	return all
}

func TestARollbackRunsNoReleaseCommand(t *testing.T) {
	w := open(t)
	v1, v2 := w.image(nil), w.image(nil)
	w.deploy(w.request(v1))
	w.deploy(w.request(v2))
	require.Len(t, w.releaseMachines(), 2)
	r := w.request(v1)
	r.Back = true
	w.deploy(r)
	w.requireMachines(2, v1)
	require.Len(t, w.releaseMachines(), 2, "the database is ahead of that image")
}

func TestAReleaseCommandThatAloneChangedRunsWithTheNextChangeAndIsNamedUntilThen(t *testing.T) {
	w := open(t)
	v1 := w.image(nil)
	w.deploy(w.request(v1))
	r := w.request(v1)
	r.Config.Deploy.ReleaseCommand = "/app/migrate apply --all"
	require.Contains(t, w.plan(r).Forecast("Fly.io").String(), "release     /app/migrate apply --all: does not run now, but with the next deploy that changes something\n")
	require.Contains(t, w.deploy(r).Report(r, nil).Done, "no machine touched, no release command run")
	require.Len(t, w.releaseMachines(), 1)
	r.Image = w.image(nil)
	w.deploy(r)
	require.Len(t, w.releaseMachines(), 2)
}

func TestTheReleaseMachineIsAsLargeAsTheDefaultGroup(t *testing.T) {
	w := open(t)
	r := w.request(w.image(nil))
	r.Config = w.config(`app = "shop"
[deploy]
release_command = "/app/migrate apply"
[processes]
app = ""
worker = "work"
[[vm]]
memory = "512mb"
processes = ["app"]
[[vm]]
memory = "4gb"
processes = ["worker"]
`)
	w.deploy(r)
	r.Image = w.image(nil)
	w.deploy(r)
	var sizes []int
	for _, m := range w.releaseMachines() {
		sizes = append(sizes, m.Guest.MemoryMB)
	}
	require.Equal(t, []int{512, 512}, sizes)
}

func TestTheLastLinesOfAReleaseCommandAreWaitedFor(t *testing.T) {
	w := open(t)
	late := 0
	w.wire.answer = func(r *http.Request) *http.Response {
		if r.URL.Path != "/api/v1/apps/shop/logs" || late == 2 {
			return nil
		}
		late++
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{"data":[]}`)), Request: r}
	}
	_, err := w.try(w.request(w.image(failsToMigrate)))
	require.Equal(t, 2, late)
	require.ErrorContains(t, err, "migration 3: syntax error")
}

func TestReportsContainTheMigrationsAfterARelease(t *testing.T) {
	w := open(t)
	v1 := w.image(nil)
	release := func(migration string, r deploy.Request) {
		_, _ = deploy.Run(t.Context(), w.client, w.plan(r), deploy.About{Migration: func(context.Context) string { return migration }}, w.say)
	}
	release("1", w.request(v1))
	release("2", w.request(w.image(nil)))
	release("", w.request(w.image(afterRelease(scripted.Act{Ends: true, Code: 1}))))
	back := w.request(v1)
	back.Back = true
	release("1", back)
	all, err := w.client.History(t.Context(), "shop")
	require.NoError(t, err)
	target, err := history.Find(all[len(all)-1:], v1.Digest())
	require.NoError(t, err)
	then, since := report.Migrations(t.Context(), w.client, "shop", all, target)
	require.Equal(t, "1", then)
	require.Equal(t, []string{"2", "those of release 3, which failed after its migrations ran"}, since)
}
