package scripts_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// fakeDocker lists what the files container, volume, network and image of its folder hold.
const fakeDocker = `#!/bin/sh
case "$1 $2" in
  "ps -aq") ;;
  "ps -a") cat "$HELD/container" ;;
  "volume ls" | "network ls" | "image ls") cat "$HELD/$1" ;;
esac
`

// legitimate is what an engine, the lab, a developer and the caches keep.
var legitimate = map[string]string{
	"container": "container pipeline-engine 1\ncontainer dagger-engine-v0.21.8 \ncontainer flylocal-4280 \n",
	"volume":    "volume pipeline-engine 1\nvolume pipeline-go-build \nvolume flylocal-4280-vol_1 \n",
	"network":   "network flylocal-4280 \n",
	"image": "image postgres:17:1\nimage debian:trixie-slim:2\nimage aquasec/trivy:0.74.0:3\nimage registry.dagger.io/engine:v0.21.8:4\n" +
		"image pipeline-lab/registry:latest:5\nimage flylocal:4280:6\nimage localhost:4280/renewa-app:<none>:7\n",
}

func TestWhatTestsLeaveIsNamedAndWhatOthersKeepIsNot(t *testing.T) {
	t.Parallel()
	for reason, c := range map[string]struct {
		more map[string]string
		left []string
	}{
		"nothing is left": {},
		"one thing of each kind is left": {
			map[string]string{
				"container": "container flylocal-4290-web \n", "volume": "volume web-data \n", "network": "network flylocal-4290 \n",
				"image": "image localhost:4290/renewa-app:<none>:8\nimage <none>:<none>:9\n",
			},
			[]string{"container flylocal-4290-web", "volume web-data", "network flylocal-4290", "image localhost:4290/renewa-app:<none>:8", "image <none>:<none>:9"},
		},
	} {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			readScripts(t)
			bin, held := t.TempDir(), t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(bin, "docker"), []byte(fakeDocker), 0o755))
			leftovers := func(args ...string) (string, error) {
				cmd := exec.CommandContext(t.Context(), "sh", append([]string{"leftovers.sh"}, args...)...)
				cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "HELD="+held)
				out, err := cmd.Output()
				return string(out), err
			}
			for kind := range legitimate {
				require.NoError(t, os.WriteFile(filepath.Join(held, kind), nil, 0o600))
			}
			before, err := leftovers("list")
			require.NoError(t, err)
			require.Empty(t, before)
			list := filepath.Join(held, "before")
			require.NoError(t, os.WriteFile(list, []byte(before), 0o600))

			for kind, text := range legitimate {
				require.NoError(t, os.WriteFile(filepath.Join(held, kind), []byte(text+c.more[kind]), 0o600))
			}
			out, err := leftovers("check", list, "no run")
			require.Equal(t, len(c.left) > 0, err != nil, out)
			for _, name := range c.left {
				require.Contains(t, out, "    left: "+name+"\n")
			}
			require.NotContains(t, out, "4280")
		})
	}
}

func TestAProcessThatATestLeavesIsNamedAndAfterAnInterruptEnded(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/proc/self/environ"); err != nil {
		t.Skip("only Linux shows the environment of a process")
	}
	readScripts(t)
	left := exec.CommandContext(context.Background(), "sleep", "600")
	left.Env = append(os.Environ(), "PIPELINE_TEST_RUN=of this test")
	require.NoError(t, left.Start())
	leftovers := func(what string) string {
		out, err := exec.CommandContext(t.Context(), "sh", "leftovers.sh", what, "of this test").Output()
		require.NoError(t, err)
		return string(out)
	}
	require.Contains(t, leftovers("processes"), "sleep 600")
	require.Empty(t, leftovers("end"))
	require.ErrorContains(t, left.Wait(), "killed")
	require.Empty(t, leftovers("processes"))
}
