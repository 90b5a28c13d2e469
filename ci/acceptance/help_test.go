//go:build acceptance

package acceptance

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// functions are the module's functions.
var functions = []string{
	"build", "publish", "deploy", "promote", "plan", "secrets", "rollback", "report", "status", "setup", "dev", "flylocal",
	"ci", "lint", "typecheck", "unit", "image", "results", "bundle", "steps", "migrations", "drift", "compatibility",
	"end-to-end", "scan", "scan-baseline", "scan-report", "trivy", "semgrep", "gitleaks", "audit",
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
	for _, want := range []string{"dagger call deploy --env development", "--env string", "The environment, as pipeline.toml names it.", "--secrets Secret"} {
		require.Contains(t, output, want)
	}
	require.NotContains(t, output, "+cache")
}
