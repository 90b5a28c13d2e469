//go:build acceptance

package acceptance

import (
	"fmt"
	"maps"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/crane"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"

	"github.com/stretchr/testify/require"
)

func TestASourceThatRunsTwoDigestsIsNotPromoted(t *testing.T) {
	w := deployed(t)
	const app = "renewa-app"
	// A second machine, made by hand, with the database's image.
	m := w.machines(t, app)[0]
	config := maps.Clone(m.Config)
	config["image"] = "postgres:17"
	config["services"], config["checks"] = []any{}, map[string]any{}
	config["init"] = map[string]any{"cmd": []string{"sleep", "600"}}
	var hand machine
	w.must(t, "POST", "/v1/apps/"+app+"/machines", map[string]any{"config": config, "region": m.Region}, &hand)
	defer w.destroy(t, app, hand.ID)
	eventually(t, "started", func() bool { return strings.Contains(w.everything(t), hand.Instance+", started") })
	before := w.everything(t)
	output := w.call("--secrets", w.secrets(), "promote", "--from", "development", "--to", "staging").run(t)
	wantRefusal(t, output, "the machines of environment development (app renewa-app) run several images", m.Image.Digest+" on "+m.ID, hand.ID)
	require.Equal(t, before, w.everything(t))
}

// It runs after the edit: the image of development has never been in staging.
func promotesKilobytes(t *testing.T, w *world) {
	before := w.traffic(t)
	w.call("--secrets", w.secrets(), "promote", "--from", "development", "--to", "staging").ok(t)
	moved := w.traffic(t) - before
	t.Logf("%d kB went through flylocal", moved/1000)
	require.Less(t, moved, 1_000_000, "the image has 70 MB: its layers were moved")
	require.Equal(t, w.runs(t, "renewa-app"), w.runs(t, "renewa-app-staging"))
}

// traffic returns the number of bytes that flylocal has sent and received.
func (w *world) traffic(t testing.TB) int {
	t.Helper()
	table := mustDocker(t, "run", "--rm", "--network", "container:flylocal-"+w.port, "--entrypoint", "cat", "postgres:17", "/proc/net/dev")
	sum := 0
	for line := range strings.Lines(table) {
		if f := strings.Fields(line); len(f) > 9 && strings.HasPrefix(f[0], "eth") {
			in, _ := strconv.Atoi(f[1])
			out, _ := strconv.Atoi(f[9])
			sum += in + out
		}
	}
	require.NotZero(t, sum, table)
	return sum
}

func TestAnImageOfAnotherPlatformIsRefused(t *testing.T) {
	w := deployed(t)
	before := w.everything(t)
	repository := "127.0.0.1:" + w.port + "/renewa-app"
	auth := crane.WithAuth(&authn.Basic{Username: "x", Password: w.plainToken(t)})
	tags, err := crane.ListTags(repository, auth, crane.Insecure)
	require.NoError(t, err)
	config, err := empty.Image.ConfigFile()
	require.NoError(t, err)
	config.OS, config.Architecture = "linux", "arm64"
	arm, err := mutate.ConfigFile(empty.Image, config)
	require.NoError(t, err)
	// Every tag now names an image for another platform, so the deploy finds it in place of its own.
	for _, tag := range tags {
		was, err := crane.Digest(repository+":"+tag, auth, crane.Insecure)
		require.NoError(t, err)
		require.NoError(t, crane.Push(arm, repository+":"+tag, auth, crane.Insecure))
		defer func() { require.NoError(t, crane.Tag(repository+"@"+was, tag, auth, crane.Insecure)) }()
	}
	output := w.call("--secrets", w.secrets(), "deploy", "--env", "development").run(t)
	wantRefusal(t, output, "is built for linux/arm64: Fly's machines run linux/amd64 only")
	require.Equal(t, before, w.everything(t))
}

// The digest, not a tag, identifies the image that a machine runs.
func TestEveryMachineIsGivenItsImageByDigest(t *testing.T) {
	w := deployed(t)
	for _, stage := range stages {
		for _, m := range w.machines(t, stage.app) {
			require.Equal(t, fmt.Sprintf("registry.fly.io/%s@%s", stage.app, m.Image.Digest), m.Config["image"])
		}
	}
}
