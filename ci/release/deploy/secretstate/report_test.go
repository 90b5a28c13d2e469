package secretstate_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/golden"
	"github.com/renewa/pipeline/ci/release/deploy/report"
	"github.com/renewa/pipeline/ci/release/deploy/secretstate"
)

func TestADifferenceIsPrintedAsInItsGoldenFiles(t *testing.T) {
	full := secretstate.Report{Version: report.Version, Fly: "Fly.io", Stage: "staging", App: "shop-staging", Missing: []string{"DATABASE_URL"}, Secrets: secretstate.Difference{
		Added: []string{"MAIL_KEY"}, Changed: []string{"JWT_SECRET"}, Unclear: []string{"A", "B"}, Unchanged: []string{"C", "D"}, Removed: []string{"OLD"},
		Left: []string{"MAIL_USER"}, Undeclared: []string{"BY_HAND"}, Unsent: []string{"HOME"}, Staged: []string{"JWT_SECRET"},
	}}
	same := secretstate.Report{Version: report.Version, Fly: "Fly.io", Stage: "staging", App: "shop-staging", Secrets: secretstate.Difference{Unchanged: []string{"C"}}}
	for name, r := range map[string]secretstate.Report{"secrets": full, "secrets-same": same} {
		golden.Equal(t, name+".txt", r.String())
		golden.Equal(t, name+".json", string(r.JSON()))
		var read secretstate.Report
		require.NoError(t, json.Unmarshal(r.JSON(), &read))
	}
}
