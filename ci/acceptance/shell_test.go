//go:build acceptance

package acceptance

import (
	"errors"
	"os/exec"
	"path/filepath"
	"testing"

	"dagger.io/dagger"
	"github.com/stretchr/testify/require"
)

func TestScriptsOutsideTheLabArePosix(t *testing.T) {
	w := deployed(t)
	names, err := filepath.Glob(w.path("scripts/*.sh"))
	require.NoError(t, err)
	require.NotEmpty(t, names)
	names = append(names, w.path(".github/actions/dagger/provide.sh"))
	check := []string{"shellcheck", "-s", "sh", "-x", "--source-path=SCRIPTDIR"}
	for _, name := range names {
		relative, err := filepath.Rel(string(w.checkout), name)
		require.NoError(t, err)
		check = append(check, relative)
	}
	if _, err := exec.LookPath("shellcheck"); err == nil {
		command{string(w.checkout), w.environment(), check}.ok(t)
		return
	}
	shellcheck(t, w.checkout, check)
}

// shellcheck runs a command in a container with ShellCheck. The test is not about the CLI, so it is a client of the engine.
func shellcheck(t *testing.T, c checkout, command []string) {
	t.Helper()
	cli, err := exec.LookPath("dagger")
	require.NoError(t, err)
	t.Setenv("_EXPERIMENTAL_DAGGER_CLI_BIN", cli) // without it, the client downloads a CLI
	engine, err := dagger.Connect(t.Context(), dagger.WithWorkdir(string(c)))
	require.NoError(t, err)
	defer func() { require.NoError(t, engine.Close()) }()
	_, err = engine.Container().From("debian:trixie-slim").
		WithExec([]string{"sh", "-c", "apt-get update -qq && apt-get install -qq --no-install-recommends shellcheck"}).
		WithDirectory("/src", engine.Host().Directory(".", dagger.HostDirectoryOpts{Include: []string{"scripts", "lab", ".github"}})).
		WithWorkdir("/src").
		WithExec(command).
		Sync(t.Context())
	var failed *dagger.ExecError
	if errors.As(err, &failed) {
		t.Fatalf("%v: exit code %d\n%s%s", failed.Cmd, failed.ExitCode, failed.Stdout, failed.Stderr)
	}
	require.NoError(t, err)
}
