package trial_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/verify/trial"
)

// beside runs a command by Beside on this machine, next to an app that answers with a status, or not at all with 0. An
// app that has ended left its log.
func beside(t *testing.T, status int, ended bool, command ...string) (string, int) {
	t.Helper()
	for _, tool := range []string{"node", "getent", "awk"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("the script runs where node is: %v", err)
		}
	}
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(max(status, 200)) }))
	defer app.Close()
	at, err := url.Parse(app.URL)
	require.NoError(t, err)
	port, err := strconv.Atoi(at.Port())
	require.NoError(t, err)
	if status == 0 {
		app.Close()
	}
	dir := t.TempDir()
	write := func(name, text string) {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755)) // one of them is a program
	}
	write("with-app", trial.Beside)
	write("apps", trial.Lines([]trial.App{{Name: "app", Host: at.Hostname(), Port: port, Ready: "/ready"}}))
	write("logs/apps/127.0.0.1.log", "no key\n")
	if ended {
		write("logs/apps/127.0.0.1.ended", "")
	}
	run := exec.CommandContext(t.Context(), filepath.Join(dir, "with-app"), command...)
	run.Dir = dir
	out, err := run.CombinedOutput()
	var exit *exec.ExitError
	require.True(t, err == nil || errors.As(err, &exit), "%v", err)
	kept, err := os.ReadFile(filepath.Join(dir, trial.Services, "app.log"))
	require.NoError(t, err)
	require.Equal(t, "no key\n", string(kept))
	return string(out), run.ProcessState.ExitCode()
}

func TestACommandRunsBesideAnAppThatIsReadyAndItsCodeIsKept(t *testing.T) {
	out, code := beside(t, 200, false, "sh", "-c", "echo tested; exit 4")
	require.Equal(t, "tested\n", out)
	require.Equal(t, 4, code)
}

func TestTheLogOfAnAppThatEndedBeforeItWasReadyIsPrintedAndNothingRuns(t *testing.T) {
	for reason, status := range map[string]int{"it does not answer": 0, "it is not ready": 503} {
		t.Run(reason, func(t *testing.T) {
			out, code := beside(t, status, true, "echo", "tested")
			require.Equal(t, 1, code)
			require.True(t, strings.HasPrefix(out, "app did not start: http://127.0.0.1:"), out)
			require.Contains(t, out, "/ready does not answer as it should. The last lines of its log:\n  no key\n")
			require.NotContains(t, out, "tested")
		})
	}
}

func TestTheLogOfAnAppThatEndedDuringTheTestIsPrinted(t *testing.T) {
	out, code := beside(t, 200, true, "echo", "tested")
	require.Zero(t, code)
	require.Equal(t, "tested\napp ended during the test. The last lines of its log:\n  no key\n", out)
}
