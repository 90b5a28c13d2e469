//go:build acceptance

package acceptance

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// tools are the programs of any machine, without docker, dagger, Go and apt.
var tools = []string{"make", "sh", "bash", "env", "git", "sed", "grep", "dirname", "cat", "mkdir", "uname", "id", "df", "awk", "head", "tail", "cut", "tee", "date", "od", "tr", "rm", "sleep", "chmod", "mv", "sort"}

func TestAMachineThatCannotRunItListsWhatIsMissingOnce(t *testing.T) {
	t.Parallel()
	answering(t)
	bin := t.TempDir()
	for _, name := range tools {
		if path, err := exec.LookPath(name); err == nil {
			require.NoError(t, os.Symlink(path, filepath.Join(bin, name)))
		}
	}
	in := another(t)
	env := with(os.Environ(), "PATH="+bin, "HOME="+t.TempDir(), "PIPELINE_LAB="+t.TempDir(), "FLYLOCAL_PORT=4295")
	for _, target := range []string{"up", "deploy", "env"} {
		got := command{string(in), env, []string{filepath.Join(bin, "make"), target}}.run(t)
		wantRefusal(t, got, "Docker, running", "the dagger CLI v0.21.8", "this one cannot: the lab cannot run here; missing: Debian with apt, Go 1.26")
		require.Equal(t, 1, strings.Count(got.all, "Missing:"), got.all)
		require.LessOrEqual(t, strings.Count(got.all, "\n"), 6, got.all)
	}
	wantRefusal(t, command{string(in), env, []string{filepath.Join(bin, "make"), "test"}}.run(t), "Tests need Go 1.26, or Docker to run it in.")
}

func TestAnEngineThatDoesNotAnswerIsNamed(t *testing.T) {
	t.Parallel()
	answering(t)
	w := neighbour(t, "4296")
	up := w.make("up")
	up.env = with(up.env, "_EXPERIMENTAL_DAGGER_RUNNER_HOST=tcp://127.0.0.1:1")
	output := up.run(t)
	wantRefusal(t, output, "tcp://127.0.0.1:1")
	require.Empty(t, w.containers(t, ""))
}

// with replaces variables of an environment.
func with(env []string, set ...string) []string {
	env = slices.Clone(env)
	for _, s := range set {
		name, _, _ := strings.Cut(s, "=")
		env = slices.DeleteFunc(env, func(e string) bool { return strings.HasPrefix(e, name+"=") })
	}
	return append(env, set...)
}
