package forecast_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/golden"
	"github.com/renewa/pipeline/ci/release/deploy/forecast"
	"github.com/renewa/pipeline/ci/release/deploy/machine"
	"github.com/renewa/pipeline/ci/release/deploy/report"
	"github.com/renewa/pipeline/ci/release/deploy/secretstate"
)

func TestAForecastIsPrintedAsInItsGoldenFiles(t *testing.T) {
	image := func(c string) string { return "registry.fly.io/shop@sha256:" + strings.Repeat(c, 64) }
	full := forecast.Forecast{
		Version: report.Version, Fly: "Fly.io", Stage: "staging", App: "shop", Image: image("2"), Adopts: []string{"a1", "a2", "a3"},
		WritesSecrets: true, Secrets: secretstate.Difference{Added: []string{"MAIL_KEY"}, Unchanged: []string{"DATABASE_URL"}, Undeclared: []string{"BY_HAND"}},
		ReleaseCommand: "/app/migrate apply", Stale: []string{"e9"}, Strategy: "rolling",
		Machines: []forecast.Machine{
			{Turn: 1, Action: machine.Update, ID: "a1", Group: "app", Region: "fra", State: "started", From: image("1"), To: image("2"), Secrets: true, Changes: []machine.Change{
				{Key: "env.COLOUR", Before: "blue", After: "green"}, {Key: "env.OLD", Before: "1"}, {Key: "env.SIZE", After: "1"},
			}},
			{Turn: 2, Action: machine.Create, Group: "app", Region: "fra", To: image("2")},
			{Turn: 3, Action: machine.Update, ID: "a2", Group: "app", Region: "ams", State: "stopped", Down: true, From: image("2"), To: image("2")},
			{Turn: 4, Action: machine.Destroy, ID: "a3", Group: "worker", Region: "fra", State: "started", From: image("1")},
			{Action: machine.Keep, ID: "a4", Group: "app", Region: "fra", State: "started", From: image("2")},
		},
	}
	unbuilt := full
	unbuilt.Image, unbuilt.Adopts, unbuilt.Stale, unbuilt.ReleaseCommand = "", []string{}, nil, ""
	unbuilt.Machines = []forecast.Machine{{Turn: 1, Action: machine.Create, Group: "app", Region: "fra"}}
	nothing := forecast.Forecast{Version: report.Version, Fly: "Fly.io", Stage: "staging", App: "shop", Image: image("2"), Nothing: true, Adopts: []string{}, Strategy: "rolling", Later: "/app/migrate apply"}
	for name, f := range map[string]forecast.Forecast{"plan": full, "plan-unbuilt": unbuilt, "plan-nothing": nothing} {
		golden.Equal(t, name+".txt", f.String())
		golden.Equal(t, name+".json", string(f.JSON()))
		var read forecast.Forecast
		require.NoError(t, json.Unmarshal(f.JSON(), &read))
	}
}
