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

// built is in the output of every call that builds an image.
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

// wantNothing wants that each of so many deploys and promotions reports that it had nothing to do.
func wantNothing(t testing.TB, s result, times int) {
	t.Helper()
	require.Equal(t, times, strings.Count(s.all, "nothing changed: no secret written, no machine touched"), s.all)
	require.NotContains(t, s.all, built)
}

// BenchmarkNothingToDo measures the time.
func TestACommandWithNothingToDoRunsNothingInTheEngineAndMovesLittle(t *testing.T) {
	w := deployed(t)
	for _, args := range w.nothingToDo() {
		w.call(args...).ok(t) // what is deployed is in the engine's cache
		call := w.call(args...)
		call.args[2] = "--progress=plain"
		before := w.traffic(t)
		got := call.ok(t)
		moved := w.traffic(t) - before
		t.Logf("%s: %d kB went through flylocal", args[0], moved/1000)
		require.NotContains(t, got.all, "withExec", "%v ran a command", args)
		require.NotContains(t, got.all, built)
		require.Less(t, moved, 500_000, "%v moved layers", args)
	}
}

// nothingToDo are commands that leave a deployed world as it is.
func (w *world) nothingToDo() [][]string {
	return [][]string{
		{"--secrets", w.secrets(), "setup", "--env", "development", "--apply"},
		{"--secrets", w.secrets(), "deploy", "--env", "development"},
		{"--secrets", w.secrets(), "promote", "--from", "staging", "--to", "production"},
		{"status"},
	}
}

func TestNothingIsBuiltOrMovedWhen(t *testing.T) {
	w := deployed(t)
	deploy := []string{"--secrets", w.secrets(), "deploy", "--env", "development"}
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

// containers of this world's flylocal, itself included.
func (w *world) containers(t testing.TB, status string) []string {
	t.Helper()
	kind := "ps -a --format {{.Names}}"
	if status != "" {
		kind += " --filter status=" + status
	}
	return w.ours(t, kind)
}

// ours lists what has the label of this world's flylocal in docker.
func (w *world) ours(t testing.TB, kind string) []string {
	t.Helper()
	return strings.Fields(mustDocker(t, append(strings.Fields(kind), "--filter", "label=flylocal="+w.port)...))
}

// awake waits for an answer of every stage.
func awake(t testing.TB) {
	t.Helper()
	for _, stage := range stages {
		eventually(t, stage.app+" answering", func() bool {
			status, _, err := visit("GET", stage.app, "/readyz", "", nil)
			return err == nil && status == 200
		})
	}
}
