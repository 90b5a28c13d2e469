package trial_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/verify/trial"
)

// logOf runs Script on this machine until the app has ended, and returns the app's log.
func logOf(t *testing.T, r trial.Run) string {
	t.Helper()
	if _, err := os.Stat("/proc/net/fib_trie"); err != nil {
		t.Skip("the script runs in containers, and this is no Linux")
	}
	dir := t.TempDir()
	folder := filepath.Join(dir, "logs/apps")
	require.NoError(t, os.MkdirAll(folder, 0o755))
	script := filepath.Join(dir, "serve")
	require.NoError(t, os.WriteFile(script, []byte(trial.Script), 0o600))
	args := r.Args()
	args[1] = script
	command := exec.CommandContext(t.Context(), args[0], args[1:]...)
	require.NoError(t, command.Start())
	defer func() { _ = command.Process.Kill(); _ = command.Wait() }()
	require.Eventually(t, func() bool {
		ended, _ := filepath.Glob(filepath.Join(folder, "*.ended"))
		return len(ended) == 1
	}, time.Minute, 10*time.Millisecond)
	logs, err := filepath.Glob(filepath.Join(folder, "*.log"))
	require.NoError(t, err)
	require.Len(t, logs, 1)
	text, err := os.ReadFile(logs[0])
	require.NoError(t, err)
	return string(text)
}

func sh(text string) []string { return []string{"sh", "-c", text} }

func TestTheAppServesAfterItsReleaseCommandAndTheLogHasBoth(t *testing.T) {
	log := logOf(t, trial.Run{Release: sh("echo migrated $RELEASE_COMMAND"), Serve: sh("echo serves >&2; exit 3")})
	require.Equal(t, "migrated 1\nserves\nthe app ended with code 3\n", log)
}

func TestAnAppWhoseReleaseCommandFailedDoesNotServe(t *testing.T) {
	log := logOf(t, trial.Run{Release: sh("echo permission denied; exit 2"), Serve: sh("echo serves")})
	require.Equal(t, "permission denied\nthe release command ended with code 2\n", log)
}

func TestAnAppWithoutAReleaseCommandServesAtOnce(t *testing.T) {
	require.Equal(t, "it's up\nthe app ended with code 0\n", logOf(t, trial.Run{Serve: []string{"echo", "it's up"}}))
}
