//go:build acceptance

package acceptance

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// stages and their apps, in order.
var stages = []struct{ name, app string }{
	{"development", "renewa-app"},
	{"staging", "renewa-app-staging"},
	{"production", "renewa-app-production"},
}

var (
	digestRow = regexp.MustCompile(`(?m)^image +\S+@(sha256:[0-9a-f]{64}) \([0-9.]+ MB compressed\)$`)
	flyRow    = regexp.MustCompile(`(?m)^fly +flylocal \(127\.0\.0\.1:` + testPort + `\)$`)
)

func TestMakeDeployBringsOneDigestThroughThreeStages(t *testing.T) {
	w := deployed(t)
	t.Logf("from nothing: %.0f s", w.deployed.took.Seconds())
	output := w.deployed.all
	reports := digestRow.FindAllStringSubmatch(output, -1)
	require.Len(t, reports, len(stages), output)
	require.Len(t, flyRow.FindAllString(output, -1), len(stages), "every report names the Fly\n%s", output)
	for i, stage := range stages {
		require.Equal(t, reports[0][1], reports[i][1], "%s has another digest", stage.name)
		require.Equal(t, reports[0][1], w.runs(t, stage.app))
		require.Regexp(t, `(?m)^url +http://`+stage.app+`\.localhost:`+testPort+`$`, output)
		for path, want := range map[string]string{"/": "<title>Renewa</title>", "/readyz": "", "/version": newestMigration(t)} {
			status, body, err := visit("GET", stage.app, path, "", nil)
			require.NoError(t, err)
			require.Equal(t, 200, status, "%s%s", stage.app, path)
			require.Contains(t, body, want)
		}
	}
	require.Len(t, regexp.MustCompile(`(?m)^migration +`+newestMigration(t)+`$`).FindAllString(output, -1), len(stages), output)
	require.Contains(t, output, "$ dagger call deploy --env development")
	require.Contains(t, output, "$ dagger call promote --from staging --to production")
}

func TestStatusAsJSONHasAFieldForEverythingThatWasDeployed(t *testing.T) {
	w := deployed(t)
	got := w.call("status", "--format", "json").ok(t)
	var rows []map[string]any
	require.NoError(t, json.Unmarshal([]byte(got.stdout), &rows), got.stdout)
	require.Len(t, rows, len(stages))
	for i, stage := range stages {
		machines := float64(len(w.machines(t, stage.app)))
		require.Regexp(t, `^[0-9a-f]{40}$`, rows[i]["commit"])
		delete(rows[i], "commit")
		require.Equal(t, map[string]any{
			"stage": stage.name, "app": stage.app, "digest": w.runs(t, stage.app), "machines": machines, "healthy": machines, "asleep": 0.0,
			"migration": newestMigration(t), "url": "http://" + stage.app + ".localhost:" + testPort,
		}, rows[i])
	}
}

func TestWhatIsWrittenInOneStageIsInNoOther(t *testing.T) {
	deployed(t)
	write(t, stages[1].app, "Only in staging")
	for _, stage := range stages {
		require.Equal(t, stage.name == "staging", has(t, stage.app, "Only in staging"), stage.name)
	}
}

// write adds a contract to an app.
func write(t testing.TB, app, title string) {
	t.Helper()
	_, body, err := visit("POST", app, "/api/session", "", nil)
	require.NoError(t, err)
	var session struct{ Token string }
	require.NoError(t, json.Unmarshal([]byte(body), &session), body)
	status, body, err := visit("POST", app, "/api/contracts", session.Token, map[string]any{
		"title": title, "supplier": "somebody", "renewsOn": "2031-01-31", "termMonths": 12, "note": "",
	})
	require.NoError(t, err)
	require.Equal(t, 201, status, body)
}

// has reports whether an app lists a contract.
func has(t testing.TB, app, title string) bool {
	t.Helper()
	status, body, err := visit("GET", app, "/api/contracts", "", nil)
	require.NoError(t, err)
	require.Equal(t, 200, status, body)
	return strings.Contains(body, title)
}
