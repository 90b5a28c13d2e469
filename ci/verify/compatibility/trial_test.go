package compatibility_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/verify/compatibility"
	"github.com/renewa/pipeline/ci/verify/step"
)

// try runs the script on this machine.
func try(t *testing.T, port int, app, suite string) (output string, code int) {
	t.Helper()
	if _, err := os.Stat("/proc/net/tcp"); err != nil {
		t.Skip("the script runs in containers, and this is no Linux")
	}
	dir := t.TempDir()
	script := filepath.Join(dir, "trial")
	require.NoError(t, os.WriteFile(script, []byte(compatibility.Script), 0o600))
	args := strings.NewReplacer(compatibility.Program, script, compatibility.Log, filepath.Join(dir, "app.log")).Replace(compatibility.Args(port, app, suite))
	run := exec.CommandContext(t.Context(), "sh", "-c", args)
	out, err := run.CombinedOutput()
	if err != nil {
		require.ErrorAs(t, err, new(*exec.ExitError))
	}
	return string(out), run.ProcessState.ExitCode()
}

func TestASuiteRunsAsSoonAsTheAppListensAndGetsItsAddress(t *testing.T) {
	// This listener is the app's.
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	port := listener.Addr().(*net.TCPAddr).Port
	output, code := try(t, port, "echo started", "echo asks $APP_URL")
	require.Zero(t, code)
	require.Equal(t, fmt.Sprintf("asks http://127.0.0.1:%d\n", port), output)

	output, code = try(t, port, "echo column note does not exist", "sleep 0.2; echo failed the list; exit 3")
	require.Equal(t, 3, code)
	require.Equal(t, "failed the list\nthe suite ended with code 3; the app's last lines:\ncolumn note does not exist\n", output)
}

func TestAnAppThatDoesNotStartIsNotReadyAndItsLastLinesAreShown(t *testing.T) {
	output, code := try(t, 1, "sh -c 'echo migrations are missing; exit 4'", "echo never")
	require.Equal(t, compatibility.NotReady, code)
	require.Equal(t, "the app ended with code 4 before it listened on port 1; the app's last lines:\nmigrations are missing\n", output)
}

func TestTheCodeOfTheSuiteIsTheResultOfTheTrial(t *testing.T) {
	code := func(n int) *int { return &n }
	for want, ended := range map[compatibility.Result][]*int{
		compatibility.Passed: {code(0)},
		compatibility.Waits:  {code(75)},
		compatibility.Failed: {code(1), code(127), nil},
	} {
		for _, c := range ended {
			v := step.Verdict{Started: began, Seconds: 2, Commands: []step.Command{{Code: c, Last: []string{"x"}}}}
			got := compatibility.TrialOf(v, "smoke")
			require.Equal(t, want, got.Result)
			require.Equal(t, want == compatibility.Passed, got.Why == "")
			require.Equal(t, began, got.Started)
		}
	}
}

func TestTheReasonWhyThereIsNoSchemaIsThatOfTheImageAlone(t *testing.T) {
	code := 1
	for reason, c := range map[string]struct {
		code *int
		late bool
		why  string
	}{
		"its release command failed":       {&code, false, "ended with code 1"},
		"it serves, but on another port":   {nil, true, "did not listen on the port that [trial] names"},
		"it serves, so something else did": {nil, false, ""},
	} {
		got, ok := compatibility.NoSchema(step.Verdict{Commands: []step.Command{{Code: c.code}}}, c.late)
		require.Equal(t, c.why != "", ok, reason)
		require.Equal(t, c.why, got.Why, reason)
	}
}

func TestThePinOfTheSettingsChangesWithEverySetting(t *testing.T) {
	of := func(secret string, timeout time.Duration) string {
		return compatibility.Pin(map[string]string{"JWT_SECRET": secret}, compatibility.Settings{Migrations: "/app/migrations", Timeout: timeout})
	}
	require.Regexp(t, "^sha256:[0-9a-f]{64}$", of("for tests only", time.Minute))
	require.Equal(t, of("for tests only", time.Minute), of("for tests only", time.Minute))
	require.NotEqual(t, of("for tests only", time.Minute), of("another", time.Minute))
	require.NotEqual(t, of("for tests only", time.Minute), of("for tests only", time.Hour))
}
