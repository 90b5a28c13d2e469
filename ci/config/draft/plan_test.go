package draft_test

import (
	"encoding/json"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/config/secret"
	"github.com/renewa/pipeline/ci/fly"
	"github.com/renewa/pipeline/ci/golden"
	"github.com/renewa/pipeline/ci/release/deploy"
	"github.com/renewa/pipeline/flylocal"
)

// testdata/fly has fly.toml files with the structure and the spelling of public ones. flyctl.json has whether flyctl
// deploys each; the acceptance tests compare it with flyctl.
func TestNineOfTenFilesThatFlyctlAcceptsArePlannedWithoutAnEdit(t *testing.T) {
	accepts := map[string]bool{}
	text, err := os.ReadFile("testdata/flyctl.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &accepts))
	require.GreaterOrEqual(t, len(accepts), 60)
	all, err := filepath.Glob("testdata/fly/*.toml")
	require.NoError(t, err)
	require.Len(t, all, len(accepts))

	accepted, planned, refused := 0, 0, map[string]string{}
	for _, file := range all {
		name := strings.TrimSuffix(filepath.Base(file), ".toml")
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		err = plan(t, files(map[string]string{"fly.toml": string(text), "Dockerfile": dockerfile}))
		if alone := plan(t, files(map[string]string{"fly.toml": string(text)})); err == nil {
			require.NoError(t, alone, "%s without a Dockerfile", name)
		}
		if accepts[name] {
			accepted++
		}
		switch {
		case err != nil:
			refused[name] = err.Error()
			require.Regexp(t, regexp.MustCompile(`(?m)^fly\.toml:\d+: `), err.Error(), name)
		case accepts[name]:
			planned++
		}
	}
	t.Logf("%d of the %d files that flyctl accepts are planned", planned, accepted)
	require.GreaterOrEqual(t, 10*planned, 9*accepted)
	list, err := json.MarshalIndent(refused, "", "  ")
	require.NoError(t, err)
	golden.Equal(t, "refused.json", string(list)+"\n")
}

// dockerfile has the stages that the files name in [build].
const dockerfile = "FROM scratch AS prod\nFROM scratch AS layer\n"

// plan drafts a repository, loads it, and plans a first deploy of each environment on a Fly in memory. The error is that
// of the draft; every other one fails the test.
func plan(t *testing.T, files fs.FS) error {
	t.Helper()
	loaded, err := load(files)
	if err != nil {
		return err
	}
	local, err := flylocal.New(flylocal.WithLog(slog.New(slog.DiscardHandler)))
	require.NoError(t, err)
	defer local.Close()
	client, err := fly.Dial(t.Context(), fly.Options{Token: local.OrgToken(), Base: "http://flylocal-4280:4280", Transport: local.Transport()})
	require.NoError(t, err)
	for _, e := range loaded.Environments {
		require.NoError(t, client.CreateApp(t.Context(), e.Fly.App, "personal"))
		p, err := deploy.Make(t.Context(), client, deploy.Request{
			Stage: e.Name, Config: e.Fly, Source: e.Definition, Machines: e.Machines, Count: e.Count, Unbuilt: true,
		}.WithSecrets(secret.Set{}, loaded.Secrets))
		require.NoError(t, err)
		require.GreaterOrEqual(t, len(p.Rolls), len(e.Fly.Groups()), "each process group gets a machine")
	}
	return nil
}
