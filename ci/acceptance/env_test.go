//go:build acceptance

package acceptance

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMakeEnvMakesAShellInWhichTheCommandsCanBeTyped(t *testing.T) {
	t.Parallel()
	w := deployed(t)
	// A lab machine without what the lab gave to this process, and any other machine as it is.
	env := slices.DeleteFunc(w.environment(), func(v string) bool {
		return !strings.HasPrefix(v, "PATH=") && (strings.Contains(v, "pipeline-lab") || strings.Contains(v, "pipeline-engine"))
	})
	path := slices.DeleteFunc(strings.Split(os.Getenv("PATH"), ":"), func(dir string) bool { return strings.Contains(dir, "pipeline-lab") })
	shell := command{string(w.checkout), with(env, "PATH="+strings.Join(path, ":")), []string{"sh", "-c", `eval "$(make -s env)" && docker version >/dev/null && dagger call --progress=logs status`}}
	got := shell.ok(t)
	require.Contains(t, got.stdout, "fly: flylocal (127.0.0.1:"+w.port+")\nENVIRONMENT ")
}
