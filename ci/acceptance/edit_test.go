//go:build acceptance

package acceptance

import (
	"fmt"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAnEditOfBackendCodeBuildsOnlyTheBackendAndKeepsTheData(t *testing.T) {
	w := deployed(t)
	const app = "renewa-app"
	old := w.runs(t, app)
	title := fmt.Sprintf("Before the edit %d", time.Now().UnixNano())
	write(t, app, title)
	w.edit(t, "renewa-one/backend/src/main.ts", "\n", fmt.Sprintf("\nconsole.info(\"edit %d\");\n", time.Now().UnixNano()))
	stop := visitor(t, app)
	deploy := w.call("deploy", "--env", "development", "--secrets", w.secrets())
	deploy.args[2] = "--progress=plain"
	said := deploy.ok(t)
	stop()
	t.Run("promoted as kilobytes", func(t *testing.T) { promotesKilobytes(t, w) })
	require.NotEqual(t, old, w.runs(t, app))
	require.True(t, has(t, app, title), "what was written before is gone")
	require.Contains(t, said.all, "1 machine updated")

	for _, step := range []string{"bun install --frozen-lockfile", "bun --bun run build:frontend"} {
		require.Zero(t, ran(said.all, step), "%s ran again", step)
	}
	backend := ran(said.all, "bun run build:backend")
	require.NotZero(t, backend, "the backend was not built:\n%s", said.all)
	cost := backend
	t.Logf("the backend's own step %s, all steps of the build %s", backend, cost)
	require.LessOrEqual(t, cost, 6*time.Second)
}

// A line of plain progress that ends a step: its number, its title, DONE or CACHED, its seconds.
var ended = regexp.MustCompile(`(?m)^(\d+) +: (.*?) (DONE|CACHED) ?(?:\[([0-9.]+)s\])?`)

// ran is how long a step ran that was not in the cache; 0 when it was, or is not there.
func ran(log, step string) time.Duration {
	titles := regexp.MustCompile(`(?m)^(\d+) +: (?:\[[^\]]*\] )?.*`+regexp.QuoteMeta(step)).FindAllStringSubmatch(log, -1)
	var sum time.Duration
	seen := map[string]bool{}
	for _, title := range titles {
		if seen[title[1]] {
			continue
		}
		seen[title[1]] = true
		done := regexp.MustCompile(`(?m)^` + title[1] + ` +: .*DONE \[([0-9.]+)s\]`).FindStringSubmatch(log)
		if done != nil {
			s, _ := strconv.ParseFloat(done[1], 64)
			sum += time.Duration(s * float64(time.Second))
		}
	}
	return sum
}
