//go:build acceptance

package acceptance

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// built is in the output of a call that built an image.
const built = "building the image"

func TestASecondMakeDeployTouchesNothingAndNamesItsFlyWhateverADotenvSays(t *testing.T) {
	w := deployed(t)
	before := w.everything(t)
	deploy, in := w.make("deploy"), another(t)
	in.write(t, ".env", "PIPELINE_TOKEN=env://PIPELINE_NOT_SET\nPIPELINE_FLY=tcp://127.0.0.1:1\nDEPLOY_ENV=production\n")
	deploy.dir = string(in)
	got := deploy.ok(t)
	require.Equal(t, before, w.everything(t))
	wantNothing(t, got, len(stages))
	require.Len(t, flyRow.FindAllString(got.all, -1), len(stages), got.all)
	require.NotContains(t, got.all, "made now", "setup found something to do")
}

// wantNothing wants every deploy and promotion to say that there was nothing to do.
func wantNothing(t testing.TB, s result, times int) {
	t.Helper()
	require.Equal(t, times, strings.Count(s.all, "nothing changed: no secret written, no machine touched"), s.all)
	require.NotContains(t, s.all, built)
}

func TestACommandWithNothingToDoCostsAtMostThreeSecondsMoreThanAnEmptyFunction(t *testing.T) {
	w := deployed(t)
	module, err := filepath.Abs("testdata/empty")
	require.NoError(t, err)
	empty := fastest(t, w.dagger(w.checkout, "call", "--progress=logs", "-m", module, "nothing"))
	for _, args := range [][]string{
		{"setup", "--env", "development", "--apply", "--secrets", w.secrets()},
		{"deploy", "--env", "development", "--secrets", w.secrets()},
		{"promote", "--from", "staging", "--to", "production", "--secrets", w.secrets()},
		{"status"},
	} {
		took := fastest(t, w.call(args...))
		t.Logf("%s: %.1f s, an empty function %.1f s", args[0], took.Seconds(), empty.Seconds())
		if took > empty+3*time.Second {
			t.Errorf("%v takes %s, an empty function %s", args, took, empty)
		}
	}
}

// fastest of two: other work on the machine only ever makes it slower.
func fastest(t testing.TB, c command) time.Duration {
	t.Helper()
	return min(c.ok(t).took, c.ok(t).took)
}

func TestNothingIsBuiltOrMovedWhen(t *testing.T) {
	w := deployed(t)
	deploy := []string{"deploy", "--env", "development", "--secrets", w.secrets()}
	before := w.everything(t)
	for _, c := range []struct {
		reason string
		call   func(t *testing.T) result
	}{
		{"documentation is committed", func(t *testing.T) result {
			w.write(t, "docs/new.md", "A page.\n")
			w.write(t, "README.md", "Another text.\n")
			require.NoError(t, w.commit("docs: a page"))
			return w.call(deploy...).ok(t)
		}},
		{"the checkout is somewhere else and its files are newer", func(t *testing.T) result {
			clone := checkout(filepath.Join(t.TempDir(), "clone"))
			out, err := w.git("clone", "-q", string(w.checkout), string(clone))
			require.NoError(t, err, out)
			now := time.Now()
			require.NoError(t, os.Chtimes(clone.path("Dockerfile"), now, now))
			c := w.call(deploy...)
			c.dir = string(clone)
			return c.ok(t)
		}},
		{"the Fly was down and is up again", func(t *testing.T) result {
			w.make("down").ok(t)
			require.Empty(t, w.containers(t, "running"))
			w.make("up").ok(t)
			awake(t)
			return w.call(deploy...).ok(t)
		}},
	} {
		t.Run(c.reason, func(t *testing.T) {
			wantNothing(t, c.call(t), 1)
			require.Equal(t, before, w.everything(t))
		})
	}
}

// containers of this world's Fly, itself included.
func (w *world) containers(t testing.TB, status string) []string {
	t.Helper()
	kind := "ps -a --format {{.Names}}"
	if status != "" {
		kind += " --filter status=" + status
	}
	return w.ours(t, kind)
}

// ours asks docker for what carries the label of this world's Fly.
func (w *world) ours(t testing.TB, kind string) []string {
	t.Helper()
	return strings.Fields(mustDocker(t, append(strings.Fields(kind), "--filter", "label=flylocal="+w.port)...))
}

// awake waits until every stage answers.
func awake(t testing.TB) {
	t.Helper()
	for _, stage := range stages {
		eventually(t, stage.app+" answering", func() bool {
			status, _, err := visit("GET", stage.app, "/readyz", "", nil)
			return err == nil && status == 200
		})
	}
}
