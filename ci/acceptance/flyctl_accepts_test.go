//go:build acceptance

package acceptance

import (
	"encoding/json"
	"flag"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/config/flytoml"
	"github.com/renewa/pipeline/flylocal"
	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/scripted"
)

var record = flag.Bool("record", false, "write the verdicts of flyctl to testdata")

// verdicts has whether flyctl deploys each fly.toml, by its name.
const verdicts = "../config/draft/testdata/flyctl.json"

// ci/config/draft counts the files that flyctl accepts and this pipeline plans without an edit. Where both accept a
// file, they make the same machines of it.
func TestTheRecordedVerdictsAreThoseOfFlyctl(t *testing.T) {
	t.Parallel()
	program := flyctlProgram(t)
	files, err := filepath.Glob("../config/draft/testdata/fly/*.toml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	accepts := map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		got := flyctlDeploy(t, program, text)
		accepts[strings.TrimSuffix(filepath.Base(file), ".toml")] = got.code == 0
		if got.code != 0 {
			t.Logf("%s: %s", filepath.Base(file), got.all)
			continue
		}
		// flyctl sends a check's method as it is written, this pipeline in upper case.
		text = []byte(strings.ReplaceAll(string(text), `method = "get"`, `method = "GET"`))
		if config, _, err := flytoml.Parse(filepath.Base(file), text); err == nil {
			t.Run(filepath.Base(file), func(t *testing.T) { requireFlyctlsMachines(t, program, config, text) })
		}
	}
	text, err := json.MarshalIndent(accepts, "", "  ")
	require.NoError(t, err)
	if *record {
		require.NoError(t, os.WriteFile(verdicts, append(text, '\n'), 0o600))
	}
	want, err := os.ReadFile(verdicts)
	require.NoError(t, err)
	require.JSONEq(t, string(want), string(text))
}

// flyctlDeploy deploys a fly.toml for the first time, to a Fly whose machines are scripted. The app exists if the
// fly.toml names one.
func flyctlDeploy(t testing.TB, program string, text []byte) result {
	t.Helper()
	local, err := flylocal.New(flylocal.WithLog(slog.New(slog.DiscardHandler)), flylocal.WithScript(func(s cloud.Spec) scripted.Act {
		return scripted.Act{Ends: s.Env["RELEASE_COMMAND"] != ""}
	}))
	require.NoError(t, err)
	server := httptest.NewServer(local)
	defer local.Close()
	defer server.Close()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "fly.toml"), text, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "server.conf"), []byte("on"), 0o600)) // a file that one fly.toml names
	do := func(args ...string) result { return flyctlAt(dir, program, server.URL, local.OrgToken(), args).run(t) }
	if app := appOf(text); app != "" {
		do("apps", "create", app, "--org", "personal")
	}
	return do("deploy", "--image", "postgres:17", "--strategy", "immediate", "--ha=false", "--yes", "--dns-checks=false", "--smoke-checks=false")
}

// appOf returns the name of the app in a fly.toml that need not be valid TOML.
func appOf(text []byte) string {
	for line := range strings.Lines(string(text)) {
		if name, ok := strings.CutPrefix(line, "app = "); ok {
			return strings.Trim(strings.TrimSpace(name), `"'`)
		}
	}
	return ""
}
