//go:build acceptance

package acceptance

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// functions are the module's functions.
var functions = []string{
	"build", "publish", "deploy", "promote", "plan", "secrets", "rollback", "report", "history", "status", "setup", "dev", "flylocal",
	"init", "ci", "lint", "typecheck", "unit", "image", "migrations", "drift", "compatibility", "end-to-end", "scan", "step", "scanner", "github",
}

func TestFunctionsAreListedWithWhatTheyDo(t *testing.T) {
	t.Parallel()
	w := deployed(t)
	output := w.dagger(w.checkout, "functions").ok(t).stdout
	for _, name := range functions {
		require.Regexp(t, `(?m)^`+name+` +\S.{20,}`, output)
	}
	require.Len(t, regexp.MustCompile(`(?m)^[a-z-]+ +[A-Z].*$`).FindAllString(output, -1), len(functions), "one that is not tested here:\n%s", output)
}

// The texts themselves are tested without an engine, in ci/layout_test.go. This test reads what dagger shows of them.
func TestTheHelpOfAFunctionIsItsComment(t *testing.T) {
	t.Parallel()
	w := deployed(t)
	output := w.dagger(w.checkout, "call", "deploy", "--help").ok(t).stdout
	for _, want := range []string{"dagger call deploy --env development", "--env string", "The environment, as pipeline.toml names it.", "--prune"} {
		require.Contains(t, output, want)
	}
	require.NotContains(t, output, "+cache")
}

func TestAFunctionCalledBareWorksOrAsksForAnArgument(t *testing.T) {
	t.Parallel()
	w := deployed(t)
	source := another(t)
	for name, want := range map[string]string{
		"step":    "step was called without one of its functions: dagger call step list,",
		"scanner": "scanner was called without one of its functions: dagger call scanner trivy",
		"github":  "github was called without its function: dagger call github gate",
		"deploy":  `required flag(s) "env" not set`, "promote": `required flag(s) "from", "to" not set`,
		"plan": `required flag(s) "env" not set`, "secrets": `required flag(s) "env" not set`, "rollback": `required flag(s) "env" not set`,
		"report": `required flag(s) "env" not set`, "history": `required flag(s) "env" not set`, "setup": `required flag(s) "env" not set`,
		"drift": `required flag(s) "database" not set`, "init": `required flag(s) "source" not set`,
	} {
		got := w.of(source, name).run(t)
		require.NotZero(t, got.code, name)
		require.Contains(t, got.all, want, name)
		require.NotContains(t, got.stdout, "@xxh3:", name)
	}
}

func TestAnOldNameFails(t *testing.T) {
	t.Parallel()
	w := deployed(t)
	source := another(t)
	for _, old := range []string{"steps", "results", "bundle", "scan-report", "scan-baseline", "trivy", "semgrep", "gitleaks", "audit"} {
		got := w.of(source, old).run(t)
		require.NotZero(t, got.code, old)
		require.Contains(t, got.all, `unknown command "`+old+`"`)
	}
	got := w.of(source, "deploy", "--env", "development", "--secrets", w.secrets()).run(t)
	require.NotZero(t, got.code)
	require.Contains(t, got.all, "unknown flag: --secrets")
}
