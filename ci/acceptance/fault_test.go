//go:build acceptance

package acceptance

import (
	"context"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAReleaseCommandThatFailsLeavesTheOldMachinesServing(t *testing.T) {
	w := deployed(t)
	before := w.everything(t)
	source := changed(t)
	source.edit(t, "fly.development.toml", `release_command = "/app/migrate apply"`, `release_command = "sh -c 'echo looking; echo it is broken >&2; exit 3'"`)
	got := w.of(source, "--secrets", w.secrets(), "deploy", "--env", "development").run(t)
	require.Regexp(t, `deploy to development failed: release command .* failed with exit code 3 .*; the same image as before runs on 1 machine, 1 healthy`, got.all)
	wantRefusal(t, got, "failed with exit code 3", "the old machines keep serving", "  looking", "  it is broken", "fly         flylocal (127.0.0.1:"+testPort+")")
	require.Equal(t, before, serving(w.everything(t)))
	report := w.call("report", "--env", "development").ok(t).stdout
	require.Contains(t, got.all, strings.TrimSpace(report), "the error is the report")
	require.Contains(t, report, "status      failed")
	summary := w.call("report", "--env", "development", "--format", "md").ok(t).stdout
	require.Contains(t, summary, "### ❌ development: failed")
	require.Contains(t, summary, "exit code 3 |")
	require.Contains(t, summary, "it is broken")
	w.call("--secrets", w.secrets(), "deploy", "--env", "development").ok(t)
	require.Equal(t, before, w.everything(t), "the release machine is still there")
}

func TestAnImageThatNeverGetsHealthyIsReplacedByTheOldOne(t *testing.T) {
	w := deployed(t)
	old := w.runs(t, "renewa-app")
	source := changed(t)
	source.edit(t, "renewa-one/container/start", "\nrun bun server.js check", "\necho not today\nexec sleep 600\nrun bun server.js check")
	source.edit(t, "fly.development.toml", `wait_timeout = "2m"`, `wait_timeout = "9s"`)
	output := w.of(source, "--secrets", w.secrets(), "deploy", "--env", "development").run(t)
	wantRefusal(t, output, "is not healthy after 9s", "The previous version was put back on 1 machine.", "not today")
	require.Equal(t, old, w.runs(t, "renewa-app"))
	awake(t)
	w.call("--secrets", w.secrets(), "deploy", "--env", "development").ok(t)
}

func TestFlylocalKilledDuringADeployAndStartedAgain(t *testing.T) {
	w := deployed(t)
	source := changed(t)
	deploy := w.of(source, "--secrets", w.secrets(), "deploy", "--env", "development")
	before := w.everything(t)
	ended := make(chan result, 1)
	go func() {
		s, _ := deploy.try(context.Background())
		ended <- s
	}()
	eventually(t, "at work on a machine", func() bool { return w.everything(t) != before })
	mustDocker(t, "kill", "flylocal-"+w.port)
	w.make("up").ok(t)
	s := <-ended
	t.Logf("exit code %d after %s:\n%s", s.code, s.took, lastLine(s.all))
	deploy.ok(t)
	wantOneOfEach(t, w)
	w.call("--secrets", w.secrets(), "deploy", "--env", "development").ok(t)
}

func TestAPromotionKilledAtAnyMomentConvergesAndTheAppAnswersAllTheTime(t *testing.T) {
	w := deployed(t)
	stop := visitor(t, "renewa-app-production")
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, seed))
	var source checkout
	for i := range soak(2, 10) {
		source = changed(t)
		after := 2500*time.Millisecond + time.Duration(random.Int64N(int64(5*time.Second)))
		promote := w.of(source, "--secrets", w.secrets(), "promote", "--from", "staging", "--to", "production")
		ctx, cancel := context.WithTimeout(t.Context(), after)
		got, err := promote.try(ctx)
		cancel()
		t.Logf("kill %d after %s (%v):\n%s", i+1, after.Round(time.Millisecond), err, lastLine(got.all))
		promote.ok(t)
		wantOneOfEach(t, w)
		wantNoneOpen(t, w, "renewa-app-production")
	}
	w.call("--secrets", w.secrets(), "promote", "--from", "staging", "--to", "production").ok(t)
	stop()
}

func TestADeployWhoseCommandWasKilledIsMarkedInterruptedByTheOneThatTakesOver(t *testing.T) {
	const app = "renewa-app"
	w := deployed(t)
	deploy := w.of(changed(t), "--secrets", w.secrets(), "--by", "the one that dies", "deploy", "--env", "development")
	before := w.releases(t, app)
	ctx, kill := context.WithCancel(t.Context())
	defer kill()
	ended := make(chan result, 1)
	go func() {
		s, _ := deploy.try(ctx)
		ended <- s
	}()
	eventually(t, "a release that runs", func() bool {
		now := w.releases(t, app)
		return len(now) == len(before)+1 && now[0] == "running"
	})
	kill()
	<-ended
	require.Equal(t, "running", w.releases(t, app)[0], "nobody is left to end it")
	awake(t)

	start := time.Now()
	got := deploy.ok(t)
	t.Logf("the next one took %s", time.Since(start).Round(time.Second))
	require.Equal(t, append([]string{"complete", "interrupted"}, before...), w.releases(t, app))
	require.Regexp(t, `release \d+ by \S+ was interrupted: going on from the state that it left`, got.all)
	w.call("--secrets", w.secrets(), "deploy", "--env", "development").ok(t)
	wantOneOfEach(t, w)
}

func TestTheEngineRestartedBetweenTwoCommandsMakesNoDifference(t *testing.T) {
	w := deployed(t)
	if os.Getenv("CI") == "" && os.Getenv("PIPELINE_TEST_ENGINE_RESTART") == "" {
		t.Skip("NOT TESTED: others may be at work in this engine: set PIPELINE_TEST_ENGINE_RESTART=1, or CI=true")
	}
	before := w.everything(t)
	mustDocker(t, "restart", engineInDocker(t))
	eventually(t, "the engine answering", func() bool {
		// A call that connects while the engine stops may wait for ever.
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		s, err := w.dagger(w.checkout, "core", "version").try(ctx)
		return err == nil && s.code == 0
	})
	wantNothing(t, w.call("--secrets", w.secrets(), "deploy", "--env", "development").ok(t), 1)
	require.Equal(t, before, w.everything(t))
}

// changed is a checkout that differs in the first and the last stage from the deployed one.
func changed(t testing.TB) checkout {
	t.Helper()
	source := another(t)
	now := time.Now().Format("15:04:05.000000000")
	for _, config := range []string{"fly.development.toml", "fly.production.toml"} {
		source.edit(t, config, "  NODE_ENV =", "  CHANGED_AT = \""+now+"\"\n  NODE_ENV =")
	}
	return source
}

// wantOneOfEach wants the number of machines of pipeline.toml, all started, with one digest in each app.
func wantOneOfEach(t testing.TB, w *world) {
	t.Helper()
	for app, want := range map[string]int{"renewa-app": 1, "renewa-app-staging": 1, "renewa-app-production": 2} {
		w.runs(t, app)
		var states []string
		for _, m := range w.machines(t, app) {
			states = append(states, m.State)
		}
		require.Equal(t, strings.TrimSpace(strings.Repeat("started ", want)), strings.Join(states, " "), app)
	}
}

// wantNoneOpen wants that every release has ended, also a release whose deploy was killed.
func wantNoneOpen(t testing.TB, w *world, app string) {
	t.Helper()
	statuses := w.releases(t, app)
	require.NotEmpty(t, statuses)
	require.Subset(t, []string{"complete", "failed", "interrupted"}, statuses, "a run that was killed left its release open")
}

// serving removes from everything the lines of machines that have ended.
func serving(everything string) string {
	var lines []string
	for line := range strings.Lines(everything) {
		if !strings.Contains(line, ", stopped,") && !strings.Contains(line, ", destroyed,") {
			lines = append(lines, line)
		}
	}
	return strings.TrimSpace(strings.Join(lines, ""))
}

func lastLine(text string) string {
	text = strings.TrimSpace(text)
	return text[strings.LastIndexByte(text, '\n')+1:]
}
