//go:build acceptance

package acceptance

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// checked is a checkout for calls that need no Fly.
func checked(t testing.TB) checkout {
	t.Helper()
	answering(t)
	root, err := origin()
	require.NoError(t, err)
	c, err := newCheckout(root, t.TempDir())
	require.NoError(t, err)
	return c
}

func (c checkout) call(args ...string) command {
	server := os.Getenv("ADVISORIES")
	if args[0] == "-m" {
		server = "" // another module knows no such flag
	}
	return c.asking(server, args...)
}

// asking is a call that asks a server for advisories, the official ones when there is none.
func (c checkout) asking(server string, args ...string) command {
	env := append(os.Environ(), "NO_COLOR=1", "DO_NOT_TRACK=1", "DAGGER_NO_NAG=1")
	if server != "" {
		args = append([]string{"--advisories", server}, args...)
	}
	return command{string(c), env, append([]string{"dagger", "call", "--progress=logs"}, args...)}
}

// executed is in the log of a call whose engine ran a step: a cached step prints nothing.
const executed = "/pipeline/check"

// wantCached wants that ci found the results of these steps in the engine's cache. Only a step of which the engine
// dropped the result since a time may have run again, and then the table may name no change.
func wantCached(t testing.TB, ci result, since time.Time, steps ...string) {
	t.Helper()
	for _, step := range steps {
		cached := regexp.MustCompile(`(?m)^` + step + ` +\w+ +[0-9.]+ +(yes|no: nothing changed|no: first run)`).FindStringSubmatch(ci.all)
		require.NotNil(t, cached, "%s ran for a change\n%s", step, ci.all)
		if cached[1] != "yes" && !pruned(t, since) {
			t.Errorf("%s ran again: nothing changed, and the engine dropped no result\n%s", step, ci.all)
		}
	}
}

// wantUnaffected wants that no input of these steps changed with an edit of other files. As a rule the engine then has
// their results; it decides by content whether new sources are the old ones, and sometimes runs a step once more.
func wantUnaffected(t testing.TB, ci result, steps ...string) {
	t.Helper()
	for _, step := range steps {
		require.Regexp(t, `(?m)^`+step+` +\w+ +[0-9.]+ +(yes|no: nothing changed)`, ci.all)
	}
}

// wantNothingRan wants that a call ran no step, unless the engine dropped results since a time.
func wantNothingRan(t testing.TB, call result, since time.Time) {
	t.Helper()
	if strings.Contains(call.all, executed) && !pruned(t, since) {
		t.Errorf("a step ran again: nothing changed, and the engine dropped no result\n%s", call.all)
	}
}

// pruned reports whether the engine's log has results that the engine dropped. It drops the least recently used ones
// when its disk is short or its limit is reached (gc in engine.json).
func pruned(t testing.TB, since time.Time) bool {
	t.Helper()
	engine, found := engineContainer(t)
	if !found {
		return false
	}
	log, err := dockerCLI("logs", "--since", since.Format(time.RFC3339), engine)
	return err == nil && strings.Contains(log, "dagql pruned result")
}

// every is all steps of this repository, in the order of the table.
func every(t testing.TB, ci result) []string {
	t.Helper()
	var steps []string
	for _, row := range regexp.MustCompile(`(?m)^([a-z-]+) +passed `).FindAllStringSubmatch(ci.stdout, -1) {
		steps = append(steps, row[1])
	}
	require.Contains(t, ci.stdout, fmt.Sprintf("all %d steps passed", len(steps)))
	return steps
}

func TestTheCleanTreePassesAndAnotherRunOfItRunsNothing(t *testing.T) {
	c, began := checked(t), time.Now()
	got := c.call("ci", "--previous", "none").ok(t)
	for _, function := range []string{"lint", "typecheck", "unit", "end-to-end", "scanner semgrep", "scanner gitleaks", "scanner audit", "image"} {
		require.Regexp(t, `(?m)^`+strings.TrimPrefix(function, "scanner ")+` +passed .* dagger call `+function+`$`, got.stdout)
	}
	require.Regexp(t, `(?m)^compatibility +passed .* dagger call compatibility --previous none$`, got.stdout)
	steps := every(t, got)
	require.Subset(t, steps, []string{"migrations", "compatibility", "trivy-lockfiles", "trivy-config"})
	again := c.call("ci", "--previous", "none").ok(t)
	wantCached(t, again, began, steps...)
	wantNothingRan(t, again, began)

	// Only scanners of the whole repository read compose.yaml.
	c.edit(t, "compose.yaml", "\n", "\n# A comment.\n")
	unaffected := without(steps, "semgrep", "gitleaks")
	again = c.call("ci", "--previous", "none", "--only", strings.Join(unaffected, ",")).ok(t)
	wantUnaffected(t, again, unaffected...)
}

// The app of testdata/other states lint, a check of its own and [scan] without lockfiles.
func TestAStepThatPipelineTomlDoesNotStateIsSkippedByItsFunctionAndRefusedByCi(t *testing.T) {
	c := checked(t)
	folder, err := filepath.Abs("testdata/other")
	require.NoError(t, err)
	for function, lack := range map[string]string{
		"typecheck":     "typecheck: it has no [[check]] with this name",
		"unit":          "unit: it has no [[check]] with this name",
		"migrations":    "migrations: it has no [migrations]",
		"compatibility": "compatibility: it has no [compatibility]",
		"end-to-end":    "end-to-end: it has no [end_to_end]",
		"scanner audit": "audit: [scan] names no lockfile that audit reads",
	} {
		got := c.call(append([]string{"--source", folder}, strings.Fields(function)...)...).ok(t)
		require.Contains(t, got.stdout, " skipped: pipeline.toml does not state "+lack)
	}
	got := c.call("--source", folder, "ci", "--only", "unit").run(t)
	require.Equal(t, 1, got.code, got.all)
	require.Contains(t, got.stderr, "pipeline.toml does not state unit")
	got = c.call("--source", folder, "ci", "--only", "lnit").run(t)
	require.Equal(t, 1, got.code, got.all)
	require.Contains(t, got.stderr, `unknown step "lnit", did you mean "lint"?`)
}

// migrations and end-to-end have services beside them, lint has none.
func TestAStepRunsOnceAsLongAsNothingOfItChanges(t *testing.T) {
	const conf, comment = "renewa-one/container/nginx.conf", "\n# A comment.\n"
	c, began, steps := checked(t), time.Now(), []string{"lint", "migrations"}
	if long() {
		steps = append(steps, "end-to-end")
	}
	only := strings.Join(steps, ",")
	c.call("ci", "--only", only).ok(t)
	for i := range soak(4, 50) {
		switch i % 4 {
		case 1: // another step runs beside them
			c.edit(t, conf, "\n", fmt.Sprintf("%s# %d\n", comment, time.Now().UnixNano()))
			wantUnaffected(t, c.call("ci", "--only", "lint,migrations,image").ok(t), "lint", "migrations")
			c.restore(t, conf)
		case 2: // the same sources in another folder
			c = checked(t)
		case 3: // an edit that is taken back
			const source = "renewa-one/backend/src/vault.ts"
			c.edit(t, source, "\n", comment)
			c.call("ci", "--only", "lint,migrations").run(t)
			c.restore(t, source)
		}
		got := c.call("ci", "--only", only).ok(t)
		wantCached(t, got, began, steps...)
		wantNothingRan(t, got, began)
	}
}

func without(all []string, some ...string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool { return slices.Contains(some, s) })
}

// If one step waited for the other, it would begin after the other's ten minutes.
func TestStepsThatDoNotDependOnEachOtherRunSideBySide(t *testing.T) {
	module := checked(t)
	c, err := newCheckout(module.path("ci/acceptance/testdata/other"), t.TempDir())
	require.NoError(t, err)
	c.edit(t, "pipeline.toml", "[[stage]]", sleeping("left")+sleeping("right")+"[[stage]]")
	call := module.call("--source", string(c), "--git", string(c), "ci", "--only", "left,right")
	call.args[2] = "--progress=plain" // it prints the start of each command
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	seen := call.watch(ctx, t)
	begun := map[string]bool{}
	for line := range seen {
		for _, step := range []string{"left", "right"} {
			begun[step] = begun[step] || strings.Contains(line, "'sleep 600 # "+step)
		}
		require.NotContains(t, line, "to reproduce", "a step ended before both began")
		if begun["left"] && begun["right"] {
			return
		}
	}
	t.Fatalf("the call ended when these had begun: %v", begun)
}

// sleeping is a check that ends after ten minutes: nothing waits for its end.
func sleeping(name string) string {
	return "[[check]]\nname = \"" + name + "\"\nrun = [\"sleep 600 # " + name + "\"]\ntimeout = \"15m\"\n\n"
}

func TestResultsHaveTheVerdictTheTestReportsAndTheCoverage(t *testing.T) {
	c, out := checked(t), t.TempDir()
	c.call("step", "results", "--name", "unit", "-o", out).ok(t)
	for _, name := range []string{"run/1.log", "run/2.log", "reports/frontend.xml", "reports/backend.xml", "reports/frontend/lcov.info", "reports/backend/lcov.info"} {
		info, err := os.Stat(filepath.Join(out, name))
		require.NoError(t, err)
		require.NotZero(t, info.Size(), name)
	}
	text, err := os.ReadFile(filepath.Join(out, "verdict.json"))
	require.NoError(t, err)
	var verdict struct {
		Status string
		Tests  struct{ Total int }
	}
	require.NoError(t, json.Unmarshal(text, &verdict))
	require.Equal(t, "passed", verdict.Status)
	require.Greater(t, verdict.Tests.Total, 20)
}

func TestOneRunNamesEveryFailureWithTheCommandThatReproducesIt(t *testing.T) {
	c := checked(t)
	c.call("ci", "--only", "migrations,trivy-lockfiles,audit").ok(t)
	c.edit(t, "renewa-one/backend/src/vault.ts", "\n", fmt.Sprintf("\nexport  var planted = %d\n", time.Now().UnixNano())) // so that nothing of it is cached
	c.edit(t, "renewa-one/shared/contract.ts", "\n", "\nexport const wrong: number = \"text\";\n")
	c.edit(t, "renewa-one/backend/test/vault.test.ts", "test(\"", "test(\"planted\", () => expect(1).toBe(2));\n\ntest(\"")
	got := c.call("ci", "--only", "lint,typecheck,unit,migrations,trivy-lockfiles,audit,image").run(t)
	require.Equal(t, 1, got.code, got.all)
	for step, why := range map[string]string{"lint": "backend/src/vault.ts", "typecheck": "TS2322", "unit": "failed: .*planted"} {
		require.Regexp(t, `(?m)^`+step+` +failed .* dagger call `+step+`$`, got.stderr)
		require.Regexp(t, "── "+step+`\n(.*\n)*.*`+why, got.stderr)
	}
	require.Regexp(t, `(?m)^image +passed`, got.stderr)
	require.Regexp(t, `(?m)^(migrations|trivy-lockfiles|audit) +passed`, got.stderr)
	wantUnaffected(t, got, "migrations", "trivy-lockfiles", "audit") // they read nothing that was edited
	require.Regexp(t, `(?m)^lint .* no: renewa-one/\S+\.ts `, got.stderr)
	require.Contains(t, got.stderr, "3 of 7 steps did not pass: lint, typecheck, unit")

	alone := c.call("typecheck").run(t)
	require.Equal(t, 1, alone.code)
	require.Contains(t, alone.stderr, "TS2322")
	c.call("step", "results", "--name", "typecheck", "-o", t.TempDir()).ok(t)
}

func TestABuildThatFailsShowsTheOutputOfItsCommand(t *testing.T) {
	c := checked(t)
	c.edit(t, "Dockerfile", "AS production\n", "AS production\nRUN echo planted; ls /nowhere\n")
	got := c.call("ci", "--only", "image").run(t)
	require.Equal(t, 1, got.code)
	require.Regexp(t, `(?m)^image +failed .* dagger call image$`, got.stderr)
	const why = "a command of the image build failed with exit code 2\n  planted\n  ls: cannot access '/nowhere'"
	require.Contains(t, got.stderr, why)
	alone := c.call("image").run(t)
	require.Equal(t, 1, alone.code)
	require.Contains(t, alone.stderr, why)
}

// --progress=logs shows the output of what ran.
func TestAgainRunsACheckOfWhichNothingChanged(t *testing.T) {
	c := checked(t)
	c.call("lint").ok(t)
	require.NotContains(t, c.call("lint").ok(t).stderr, "Checked")
	require.Contains(t, c.call("lint", "--again").ok(t).stderr, "Checked")
	got := c.call("ci", "--only", "lint", "--again").ok(t)
	require.Regexp(t, `(?m)^lint +passed +[0-9.]+ +no: nothing changed`, got.stdout)
}

func TestAnAppThatIsNotOnBunStatesItsOwnChecks(t *testing.T) {
	module := checked(t)
	c, err := newCheckout(module.path("ci/acceptance/testdata/other"), t.TempDir())
	require.NoError(t, err)
	other := []string{"--source", string(c), "--git", string(c), "ci"}
	require.Contains(t, module.call(other...).ok(t).stdout, "all 7 steps passed")

	const toml = "pipeline.toml"
	c.edit(t, toml, "[[stage]]", `[[check]]
name = "hangs"
run = ["echo so far; sleep 100"]
timeout = "2s"

[[check]]
name = "nowhere"
image = "127.0.0.1:1/nobody/nothing:1"
run = ["true"]

[[stage]]`)
	c.edit(t, toml, `says = "--- PASS"`, `says = "--- PASS: TestNobodyWrote"`)
	got := module.call(other...).run(t)
	require.Equal(t, 1, got.code)
	for _, line := range []string{
		"`echo so far; sleep 100` was killed: the timeout is 2s", "  | so far",
		`its output has no "--- PASS: TestNobodyWrote": it did not do its work`,
		"step nowhere could not run: the image of the check (127.0.0.1:1/nobody/nothing:1) was not prepared:", "to run it alone: dagger call ci --only nowhere",
		"3 of 9 steps did not pass: greeting, hangs, nowhere",
	} {
		require.Contains(t, got.stderr, line)
	}
	unknown := module.call(append(other, "--only", "hang")...).run(t)
	require.Contains(t, unknown.stderr, `did you mean "hangs"?`)
}
