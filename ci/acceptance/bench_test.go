//go:build acceptance

package acceptance

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The benchmarks measure what a person waits for. The times depend on the machine and its load, so no test asserts them;
// `make bench` prints them.

// fastest is the shorter time of two runs: other work on the machine only ever makes a run slower.
func fastest(b *testing.B, c command) time.Duration {
	b.Helper()
	return min(c.ok(b).took, c.ok(b).took)
}

// emptyCall is a call of a module whose only function does nothing: the least that any call takes.
func emptyCall(b *testing.B, c checkout) time.Duration {
	b.Helper()
	module, err := filepath.Abs("testdata/empty")
	require.NoError(b, err)
	return fastest(b, c.call("-m", module, "nothing"))
}

// compare reports a call beside the empty one, in place of the time of the loop around both.
func compare(b *testing.B, took, empty time.Duration) {
	b.Helper()
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(took.Seconds(), "s/call")
	b.ReportMetric(empty.Seconds(), "s/empty-call")
	b.ReportMetric(took.Seconds()/empty.Seconds(), "ratio")
}

func BenchmarkWarmCi(b *testing.B) {
	c := checked(b)
	call := c.call("ci", "--previous", "none")
	call.ok(b)
	for b.Loop() {
		compare(b, fastest(b, call), emptyCall(b, c))
	}
}

// How long ci takes over its longest step, when every step runs: 1 is the least.
func BenchmarkCiOverItsLongestStep(b *testing.B) {
	c := checked(b)
	for b.Loop() {
		got := c.call("ci", "--previous", "none", "--again").ok(b)
		var all, longest float64
		var slowest string
		line := regexp.MustCompile(`[0-9.]+ s; the slowest step was \S+ \([0-9.]+ s\)`).FindString(got.stdout)
		_, err := fmt.Sscanf(line, "%f s; the slowest step was %s (%f s)", &all, &slowest, &longest)
		require.NoError(b, err)
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(all, "s/ci")
		b.ReportMetric(longest, "s/longest-step")
		b.ReportMetric(all/longest, "ratio")
	}
}

func BenchmarkNothingToDo(b *testing.B) {
	w := deployed(b)
	plan := []string{"--secrets", w.secrets(), "plan", "--env", "development"}
	for _, args := range append(w.nothingToDo(), plan) {
		b.Run(strings.Join(without(args, "--secrets", w.secrets()), " "), func(b *testing.B) {
			for b.Loop() {
				compare(b, fastest(b, w.call(args...)), emptyCall(b, w.checkout))
			}
		})
	}
}

// The cost of an edit of backend code: the build and the push.
func BenchmarkBackendEdit(b *testing.B) {
	w := deployed(b)
	w.dagger(w.checkout, "call", "--progress=logs", "build", "sync").ok(b)
	for b.Loop() {
		w.edit(b, "renewa-one/backend/src/main.ts", "\n", fmt.Sprintf("\nconsole.info(\"edit %d\");\n", time.Now().UnixNano()))
		deploy := w.call("--secrets", w.secrets(), "deploy", "--env", "development")
		deploy.args[2] = "--progress=plain"
		got := deploy.ok(b)
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(got.took.Seconds(), "s/deploy")
		b.ReportMetric(stepTime(b, got.all, "Directory.dockerBuild").Seconds(), "s/build")
		b.ReportMetric(stepTime(b, got.all, "Container.publish").Seconds(), "s/publish")
	}
	w.restore(b)
}

// stepTime is the time that plain progress prints for a step.
func stepTime(b *testing.B, log, step string) time.Duration {
	b.Helper()
	done := regexp.MustCompile(regexp.QuoteMeta(step) + ` DONE \[([0-9.hms]+)\]`).FindStringSubmatch(log)
	require.NotNil(b, done, "%s is not in the log:\n%s", step, log)
	d, err := time.ParseDuration(done[1])
	require.NoError(b, err)
	return d
}

func BenchmarkStop(b *testing.B) {
	app := startApp(b)
	app.waitHealthy()
	for b.Loop() {
		mustDocker(b, "stop", "-t", "30", app.name)
		b.StopTimer()
		mustDocker(b, "start", app.name)
		app.waitHealthy()
		b.StartTimer()
	}
}
