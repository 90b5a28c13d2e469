package deploy_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/deploy"
)

func TestAReportReadsAsAPersonWouldHaveWrittenIt(t *testing.T) {
	full := deploy.Report{
		Fly: "flylocal (127.0.0.1:4280)", Stage: "development", App: "renewa-app",
		Image:  "registry.fly.io/renewa-app@sha256:0000000000000000000000000000000000000000000000000000000000000001",
		SizeMB: 104.26, Done: "release 3, 1 secret staged, 1 machine updated", Machines: 2, Healthy: 1,
		Migration: "0042_orders", URL: "http://renewa-app.localhost:4280", Seconds: 7.04,
	}
	least := full
	least.SizeMB, least.Migration = 0, ""
	for file, r := range map[string]deploy.Report{"report.txt": full, "report-least.txt": least} {
		golden(t, file, r.String())
	}
}

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares with a file in testdata.
func golden(t *testing.T, file, got string) {
	t.Helper()
	path := filepath.Join("testdata", file)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

func TestWhatWasDoneIsCountedInWords(t *testing.T) {
	w := open(t)
	r := w.request(w.image(nil))
	r.Machines, r.Secrets = 1, given.Without("JWT_SECRET")
	require.Equal(t, "release 1, 1 secret staged, 1 machine created", w.deploy(r).Report(r).Done)
	r.Image = w.image(nil)
	require.Equal(t, "release 2, 1 machine updated", w.deploy(r).Report(r).Done)
}
