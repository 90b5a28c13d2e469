//go:build acceptance

package acceptance

import (
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/config/flytoml"
	"github.com/renewa/pipeline/flylocal"
	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/scripted"
)

// friendlier replaces what this pipeline accepts and flyctl refuses or misreads by what flyctl reads.
var friendlier = strings.NewReplacer(
	`release_command_timeout = "none"`, `release_command_timeout = "9m"`,
	`Accept = ["text/html", "text/plain"]`, `Accept = "text/html"`,
	`auto_extend_size_limit = 100`, `auto_extend_size_limit = "100GB"`,
	`internal_port = "8080"`, `internal_port = 8080`,
	"[restart]\n", "[[restart]]\n",
	`wait_timeout = 90`, `wait_timeout = "90s"`, // which flyctl reads as nanoseconds
	`interval = "200ms"`, `interval = "1s"`, `timeout = "90s"`, `timeout = "60s"`, `method = "head"`, `method = "HEAD"`,
	"kind = \"readiness\"\n", "",
	`start_port = "9000"`, `start_port = 9000`,
	`worker = ["bundle", "exec", "sidekiq", "-q", "two words"]`, `worker = "bundle exec sidekiq -q 'two words'"`,
)

// flyctl and this pipeline make the same machines of a fly.toml. Nothing runs: the machines are scripted.
func TestAFlyTomlBecomesTheMachinesThatFlyctlMakesOfIt(t *testing.T) {
	t.Parallel()
	program := flyctlProgram(t)
	files, err := filepath.Glob("../config/flytoml/testdata/*.toml")
	require.NoError(t, err)
	own, err := filepath.Glob("../../fly.*.toml")
	require.NoError(t, err)
	for _, file := range append(own, files...) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			read, err := os.ReadFile(file)
			require.NoError(t, err)
			text := []byte(friendlier.Replace(string(read)))
			config, _, err := flytoml.Parse(filepath.Base(file), text)
			require.NoError(t, err)
			requireFlyctlsMachines(t, program, config, text)
		})
	}
}

// requireFlyctlsMachines compares the machine of each process group.
func requireFlyctlsMachines(t *testing.T, program string, config flytoml.Config, text []byte) {
	t.Helper()
	theirs := flyctlMachines(t, program, config.App, text)
	for _, group := range config.Groups() {
		ours, err := config.Machine(group)
		require.NoError(t, err)
		require.Contains(t, theirs, group)
		require.Equal(t, bare(t, ours), bare(t, theirs[group]), "process group %s", group)
		if ours.Guest != nil { // without [[vm]], flyctl chooses a size
			require.Equal(t, ours.Guest, theirs[group].Guest, "process group %s", group)
		}
	}
}

// flyctlMachines are the machine configs that flyctl sends, by process group.
func flyctlMachines(t testing.TB, program, app string, text []byte) map[string]*fly.MachineConfig {
	t.Helper()
	var log locked
	local, err := flylocal.New(flylocal.WithLog(slog.New(slog.NewTextHandler(&log, nil))), flylocal.WithScript(func(s cloud.Spec) scripted.Act {
		return scripted.Act{Ends: s.Env["RELEASE_COMMAND"]+s.Env["FLY_TEST_COMMAND"] != ""}
	}))
	require.NoError(t, err)
	server := httptest.NewServer(local)
	t.Cleanup(func() {
		server.Close()
		local.Close()
	})
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "fly.toml"), text, 0o600))
	do := func(args ...string) result { return flyctlAt(dir, program, server.URL, local.OrgToken(), args).run(t) }
	do("apps", "create", app, "--org", "personal")
	got := do("deploy", "--image", "postgres:17", "--strategy", "immediate", "--ha=false", "--yes", "--dns-checks=false", "--smoke-checks=false")
	require.Zero(t, got.code, got.all)
	require.NotContains(t, log.String(), "not known", "flyctl asked what flylocal does not know")
	kept, err := local.Cloud().App(app)
	require.NoError(t, err)
	all := map[string]*fly.MachineConfig{}
	for _, m := range kept.Active() {
		c := &fly.MachineConfig{}
		require.NoError(t, json.Unmarshal(m.Config, c))
		all[c.Metadata["fly_process_group"]] = c
	}
	return all
}

// bare is a config as text without what differs by design: image, default size, metadata of the release, volume; and with the
// headers of checks in one order, for flyctl sends them in the random order of a Go map.
func bare(t testing.TB, c *fly.MachineConfig) string {
	t.Helper()
	copied := *c
	copied.Image, copied.Guest, copied.Metadata = "", nil, nil
	copied.Services = slices.Clone(c.Services)
	for i := range copied.Services {
		if copied.Services[i].Protocol == "" {
			copied.Services[i].Protocol = "tcp" // Fly's default, which this pipeline sends
		}
		for _, check := range copied.Services[i].Checks {
			byName(check.HTTPHeaders)
		}
	}
	for _, check := range copied.Checks {
		byName(check.HTTPHeaders)
	}
	copied.Mounts = nil
	for _, m := range c.Mounts {
		m.Volume = ""
		copied.Mounts = append(copied.Mounts, m)
	}
	text, err := json.MarshalIndent(copied, "", " ")
	require.NoError(t, err)
	return strings.TrimSpace(string(text))
}

func byName(headers []fly.MachineHTTPHeader) {
	slices.SortFunc(headers, func(a, b fly.MachineHTTPHeader) int { return strings.Compare(a.Name, b.Name) })
}
