package step_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/verify/step"
)

// run runs a step on this machine and reads its verdict.
func run(t *testing.T, c step.Check) (step.Verdict, string) {
	t.Helper()
	if _, err := os.Stat("/proc/uptime"); err != nil {
		t.Skip("the script runs in containers, and this is no Linux")
	}
	dir, results := t.TempDir(), t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "old"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "old/junit.xml"), []byte(suite), 0o600))
	script := filepath.Join(t.TempDir(), "check")
	require.NoError(t, os.WriteFile(script, []byte(step.Script), 0o600))
	if c.Name, c.Timeout = "unit", max(c.Timeout, time.Second); c.Timeout == time.Second {
		c.Timeout = 10 * time.Second
	}
	args := step.Args(c)
	args[1], args[2] = script, results
	command := exec.CommandContext(t.Context(), args[0], args[1:]...)
	command.Dir = dir
	out, err := command.CombinedOutput()
	require.NoError(t, err, string(out))
	v, err := step.Read(os.DirFS(results), c)
	require.NoError(t, err)
	return v, results
}

const suite = `<testsuites><testsuite><testcase classname="a" name="one"/></testsuite></testsuites>`

func TestACheckThatPassesKeepsItsReports(t *testing.T) {
	begin := time.Now().Truncate(time.Second)
	v, results := run(t, step.Check{
		Run:     []string{"mkdir -p out/lcov && echo '" + suite + "' > out/junit.xml && echo x > out/lcov/info", "echo done"},
		JUnit:   []string{"out/junit.xml"},
		Reports: []string{"out/lcov"},
		Says:    "done",
	})
	require.Equal(t, step.Passed, v.Status, v.String())
	require.Equal(t, 1, v.Tests.Total)
	require.False(t, v.Started.Before(begin) || v.Started.After(time.Now()), v.Started)
	require.FileExists(t, filepath.Join(results, "out/lcov/info"))
}

func TestEveryCommandOfACheckRunsAndEachThatFailedIsNamed(t *testing.T) {
	v, _ := run(t, step.Check{Run: []string{"echo first went wrong; exit 3", "true", "echo third too >&2; false"}})
	require.Equal(t, []string{"`echo first went wrong; exit 3` ended with code 3", "`echo third too >&2; false` ended with code 1"}, v.Reasons)
	require.Equal(t, []string{"first went wrong"}, v.Commands[0].Last)
	require.Equal(t, []string{"third too"}, v.Commands[2].Last)
	require.Nil(t, v.Commands[1].Last)
}

func TestACheckThatHangsIsKilledWithAllThatItStarted(t *testing.T) {
	hangs := "sleep 3600 & echo $!; wait"
	v, _ := run(t, step.Check{Run: []string{hangs, "echo never"}, Timeout: 1100 * time.Millisecond})
	require.Equal(t, []string{"`" + hangs + "` was killed: the timeout is 1.1s", "`echo never` did not start"}, v.Reasons)
	require.Len(t, v.Commands[0].Last, 1)
	require.Eventually(t, func() bool { return !alive(v.Commands[0].Last[0]) }, time.Minute, 50*time.Millisecond)
}

// alive is whether a process still runs. One that ended and that its parent has not asked for is a zombie, state Z.
func alive(pid string) bool {
	stat, err := os.ReadFile(filepath.Join("/proc", pid, "stat"))
	return err == nil && !strings.Contains(string(stat), ") Z ")
}

func TestAReportOfAnEarlierRunThatCameWithTheSourcesDoesNotCount(t *testing.T) {
	v, _ := run(t, step.Check{Run: []string{"true"}, JUnit: []string{"old/junit.xml"}})
	require.Equal(t, []string{"it left no JUnit report old/junit.xml"}, v.Reasons)
}

func TestACommandGetsNoInput(t *testing.T) {
	v, _ := run(t, step.Check{Run: []string{"read line && echo got it", "false"}})
	require.Contains(t, v.Reasons[0], "ended with code 1", "it was given input")
}
