package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// suitesOf are suites of testdata/suite.sh, with their logs in a folder of the test.
func suitesOf(t *testing.T, names ...string) (all []*suite) {
	t.Helper()
	_, err := os.ReadFile("testdata/suite.sh") // a result in Go's cache depends on it
	require.NoError(t, err)
	logs := t.TempDir()
	for _, name := range names {
		all = append(all, &suite{name: name, usually: "1 s", logs: logs, command: []string{"sh", "testdata/suite.sh", name}})
	}
	return all
}

// outcome runs suites, two at once, and returns the lines printed meanwhile and the table.
func outcome(t *testing.T, suites []*suite) (live, end string) {
	t.Helper()
	var out, sum bytes.Buffer
	runAll(t.Context(), newProgress(&out), suites, 2)
	table(&sum, suites)
	return out.String(), sum.String()
}

func TestATestWithSubtestsCountsByItsSubtests(t *testing.T) {
	live, end := outcome(t, suitesOf(t, "subtests"))
	require.Contains(t, end, "\n2 passed, 1 failed, 1 skipped\n")
	require.Contains(t, end, "skipped: subtests: NOT TESTED: no engine (TestA/y)\n")
	require.Contains(t, end, "failed: subtests: TestB/x\n    a_test.go:9: want 1, got 2\n")
	require.Contains(t, live, "subtests: FAIL TestB/x")
	require.Contains(t, live, "a_test.go:9: want 1, got 2")
	require.Contains(t, live, "subtests: PASS TestA (")
	require.NotContains(t, live, "PASS TestA/x")
}

func TestSuitesRunSideBySide(t *testing.T) {
	t.Setenv("RENDEZVOUS", t.TempDir())
	suites := suitesOf(t, "first", "second")
	_, end := outcome(t, suites)
	require.Regexp(t, regexp.MustCompile(`(?m)^suite +seconds +passed +failed +skipped\nfirst +\d+ +1 +0 +0\nsecond +\d+ +1 +0 +0\n\n2 passed, 0 failed, 0 skipped$`), end)
	log, err := os.ReadFile(filepath.Join(suites[0].logs, "first.log"))
	require.NoError(t, err)
	require.Equal(t, "no event\n", string(log))
}

func TestASuiteThatFailsWithoutAFailedTestIsAFailure(t *testing.T) {
	for name, want := range map[string]struct{ live, end, sum string }{
		"exits":  {"disk full", "failed: exits: exit status 3, although no test failed", "1 passed, 1 failed, 0 skipped"},
		"panics": {"panic: nil map", "failed: panics: the test program ended, in TestA\n", "0 passed, 1 failed, 0 skipped"},
		"empty":  {"ran no test", "failed: empty: ran no test", "0 passed, 1 failed, 0 skipped"},
		"none":   {"ran no test", "failed: none: ran no test", "0 passed, 1 failed, 0 skipped"},
	} {
		t.Run(name, func(t *testing.T) {
			live, end := outcome(t, suitesOf(t, name))
			require.Contains(t, live, want.live)
			require.Contains(t, end, want.end)
			require.True(t, strings.HasSuffix(end, "\n"+want.sum+"\n"), end)
		})
	}
}

func TestASuiteOfSeveralPackagesShowsPackagesAndFailures(t *testing.T) {
	live, end := outcome(t, suitesOf(t, "packages"))
	require.Contains(t, live, "packages: PASS example.com/one (")
	require.Contains(t, live, "packages: FAIL TestA (")
	require.NotContains(t, live, "PASS TestA")
	require.NotContains(t, live, "three")
	require.Contains(t, end, "failed: packages: TestA (example.com/two)\n")
	require.Contains(t, end, "\n1 passed, 1 failed, 0 skipped\n")
}

// interrupted runs suites until the first one has started its process, and then interrupts them all. It returns that process.
func interrupted(t *testing.T, folder string, suites ...*suite) (pid int, ctx context.Context) {
	t.Helper()
	t.Setenv("RENDEZVOUS", folder)
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		defer stop()
		for pid == 0 {
			time.Sleep(50 * time.Millisecond)
			text, _ := os.ReadFile(filepath.Join(folder, "pid"))
			pid, _ = strconv.Atoi(strings.TrimSpace(string(text)))
		}
	}()
	runAll(ctx, newProgress(&bytes.Buffer{}), suites, 1)
	return pid, ctx
}

// requireEnded waits until a process has ended. One that waits for a parent to notice counts as ended.
func requireEnded(t *testing.T, pid int) {
	t.Helper()
	require.Eventually(t, func() bool {
		stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
		return syscall.Kill(pid, 0) != nil || err == nil && strings.Contains(string(stat), ") Z ")
	}, time.Minute, 50*time.Millisecond)
}

func TestASuiteThatIsStoppedLeavesNoProcess(t *testing.T) {
	suites := suitesOf(t, "hangs")
	pid, _ := interrupted(t, t.TempDir(), suites...)
	require.Equal(t, []failure{{what: "stopped before its end"}}, suites[0].failures)
	requireEnded(t, pid)
}

func TestASuiteThatIsInterruptedRemovesWhatItMade(t *testing.T) {
	folder := t.TempDir()
	pid, _ := interrupted(t, folder, suitesOf(t, "removes")...)
	require.NoFileExists(t, filepath.Join(folder, "made"))
	requireEnded(t, pid)
}

func TestTheLastSuiteRunsAfterAnInterruptToo(t *testing.T) {
	all := suitesOf(t, "hangs", "last")
	_, ctx := interrupted(t, t.TempDir(), all[0])
	runLast(ctx, newProgress(&bytes.Buffer{}), all[1:])
	require.Equal(t, 1, all[1].passed)
	log, err := os.ReadFile(filepath.Join(all[1].logs, "last.log"))
	require.NoError(t, err)
	require.Equal(t, "INTERRUPTED=1\n", string(log))
}

func TestSilenceEndsAfterFifteenSeconds(t *testing.T) {
	var out bytes.Buffer
	p := newProgress(&out)
	s := suitesOf(t, "unit")[0]
	p.begin(s)
	out.Reset()
	s.current = "TestLong"
	for second := range 40 {
		p.beat(s.begun.Add(time.Duration(second) * time.Second))
	}
	require.Equal(t, "[  15s] still running unit for 15 s (usually 1 s) TestLong\n[  30s] still running unit for 30 s (usually 1 s) TestLong\n", out.String())
}
