package scripts_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// step is a shell that reports its progress every second, and the file that its stderr goes to.
func step(t *testing.T, script string) (*exec.Cmd, string) {
	t.Helper()
	readScripts(t)
	errors := filepath.Join(t.TempDir(), "stderr")
	f, err := os.Create(errors)
	require.NoError(t, err)
	t.Cleanup(func() { _ = f.Close() })
	cmd := exec.CommandContext(context.Background(), "sh", "-c", "set -eu\nbeat=../lab/lib/beat.sh\n. ../lab/lib/progress.sh\n"+script)
	cmd.Env = append(os.Environ(), "PROGRESS_SECONDS=1", "ERRORS="+errors)
	cmd.Stderr = f
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd, errors
}

func TestASilentStepIsReportedAgainAndAgainAndOnStderrOnly(t *testing.T) {
	t.Parallel()
	cmd, errors := step(t, `start_progress "building flylocal (usually 90 s)"
until [ "$(grep -c still "$ERRORS")" -ge 2 ]; do sleep 0.1; done
stop_progress; echo answer`)
	var out bytes.Buffer
	cmd.Stdout = &out
	require.NoError(t, cmd.Run())
	require.Equal(t, "answer\n", out.String())
	for _, line := range lines(t, errors) {
		require.Regexp(t, `^\[ *\d+s\] still building flylocal \(usually 90 s\)$`, line)
	}
	requireNothingLeft(t, cmd)
}

// fakeClock is a folder with a sleep that takes no time: it notes the second in $CLOCK and runs $AT_EVERY_SECOND.
func fakeClock(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	script := "#!/bin/sh\necho second >>\"$CLOCK\"\neval \"$AT_EVERY_SECOND\"\n"
	require.NoError(t, os.WriteFile(filepath.Join(folder, "sleep"), []byte(script), 0o755))
	return folder
}

const fortySeconds = `real=$PATH; PATH=$FAKE:$PATH; : >"$CLOCK"; : >"$SHOWN"
start_progress building "$SHOWN"; PATH=$real
until [ "$(grep -c second "$CLOCK")" -ge 40 ]; do sleep 0.1; done
stop_progress`

func TestALineComesAfterEveryTenSilentSeconds(t *testing.T) {
	t.Parallel()
	for reason, c := range map[string]struct {
		atEverySecond string
		every         int // 0: no line
	}{
		"a step that prints nothing":                    {"", 10},
		"a step that prints every second":               {`echo line >>"$SHOWN"`, 0},
		"a step that prints once, in its eighth second": {`[ "$(grep -c second "$CLOCK")" != 8 ] || echo line >>"$SHOWN"`, 18},
	} {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			cmd, errors := step(t, fortySeconds)
			clock := errors + ".clock"
			cmd.Env = append(cmd.Env, "PROGRESS_SECONDS=", "FAKE="+fakeClock(t), "CLOCK="+clock, "SHOWN="+errors+".shown", "AT_EVERY_SECOND="+c.atEverySecond)
			require.NoError(t, cmd.Run())
			seconds, got := len(lines(t, clock)), len(lines(t, errors))
			want := func(seconds int) int { // lines by then
				if c.every == 0 || seconds < c.every {
					return 0
				}
				return 1 + (seconds-c.every)/10
			}
			require.Contains(t, []int{want(seconds), want(seconds - 1)}, got, "%d seconds", seconds)
		})
	}
}

func TestACommandSubstitutionDoesNotWaitForTheProgress(t *testing.T) {
	t.Parallel()
	cmd, _ := step(t, `x=$(start_progress building; echo early); [ "$x" = early ]`)
	require.NoError(t, cmd.Run())
	requireNothingLeft(t, cmd)
}

func TestNothingIsLeftWhenTheShellFails(t *testing.T) {
	t.Parallel()
	cmd, _ := step(t, `start_progress building; false`)
	require.Error(t, cmd.Run())
	requireNothingLeft(t, cmd)
}

func TestNothingIsLeftWhenTheShellIsKilled(t *testing.T) {
	t.Parallel()
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			cmd, errors := step(t, `start_progress building; while :; do sleep 0.2; done`)
			require.NoError(t, cmd.Start())
			require.Eventually(t, func() bool { return len(lines(t, errors)) > 0 }, time.Minute, 50*time.Millisecond)
			require.NoError(t, cmd.Process.Signal(signal))
			require.Error(t, cmd.Wait())
			requireNothingLeft(t, cmd)
		})
	}
}

// lines are those of a file.
func lines(t *testing.T, name string) []string {
	t.Helper()
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	return strings.FieldsFunc(string(text), func(r rune) bool { return r == '\n' })
}

// requireNothingLeft waits until no process of the command's group runs. One that has ended and waits for a parent to
// notice counts as ended.
func requireNothingLeft(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	require.Eventually(t, func() bool {
		states, err := exec.CommandContext(t.Context(), "ps", "-A", "-o", "pgid=,stat=").Output()
		require.NoError(t, err)
		for line := range strings.Lines(string(states)) {
			if f := strings.Fields(line); f[0] == strconv.Itoa(cmd.Process.Pid) && !strings.HasPrefix(f[1], "Z") {
				return false
			}
		}
		return true
	}, time.Minute, 100*time.Millisecond)
}
