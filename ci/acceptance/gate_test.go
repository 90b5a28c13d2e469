//go:build acceptance

package acceptance

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheGateDecidesAboutTheJobsOfAWorkflow(t *testing.T) {
	t.Parallel()
	w := deployed(t)
	c := another(t)
	const passed = `{"changes":{"result":"success"},"quality-checks":{"result":"success"},"migration-tests":{"result":"success"},"security-scan":{"result":"success"},`
	c.write(t, "needs.json", passed+`"e2e-tests":{"result":"success"}}`)
	c.write(t, "changed.txt", "README.md\nci/doc.go\n")
	gate := func(args ...string) result {
		return w.dagger(c, append([]string{"call", "--progress=logs", "github", "gate"}, args...)...).run(t)
	}
	got := gate("--needs-file", "needs.json", "--event", "merge_group")
	require.Zero(t, got.code, got.all)
	require.Contains(t, got.stdout, "the gate is open: all 5 jobs passed")
	skipped := passed + `"e2e-tests":{"result":"skipped"}}`
	got = gate("--needs", skipped, "--event", "pull_request", "--changed", "README.md")
	require.Zero(t, got.code, got.all)
	require.Contains(t, got.stdout, "as pipeline.toml allows on pull_request")
	got = gate("--needs", skipped, "--event", "pull_request", "--changed-file", filepath.Join(".", "changed.txt"))
	wantRefusal(t, got, "the gate is closed by 1 of 5 jobs on pull_request", `"ci/doc.go" changed, which is outside of the paths of its skip`)
	got = gate("--needs", skipped, "--needs-file", "needs.json", "--event", "pull_request")
	wantRefusal(t, got, "--needs and --needs-file were both given")
}
