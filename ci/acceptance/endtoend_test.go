//go:build acceptance

package acceptance

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

const planted = "renewa-one/e2e/tests/planted.spec.ts"

func TestAJourneyThatFailsIsNamedWhereEveryOtherTestPasses(t *testing.T) {
	c, out := checked(t), t.TempDir()
	// No test of the page loads its styles.
	c.edit(t, "renewa-one/frontend/src/style.css", "\n", "\n.contracts button { display: none; }\n")
	c.write(t, planted, `import { test } from "@playwright/test";
test("a person waits for ever", async () => {
  test.setTimeout(3000);
  await new Promise(() => {});
});
`)
	got := c.call("ci", "--only", "unit,end-to-end").run(t)
	require.Equal(t, 1, got.code, got.all)
	require.Regexp(t, `(?m)^unit +passed`, got.stderr)
	require.Regexp(t, `(?m)^end-to-end +failed .* dagger call end-to-end$`, got.stderr)
	for _, line := range []string{
		"7 tests, 2 failed",
		"  failed: renew.spec.ts: a person renews a contract and sees its new day",
		"  failed: planted.spec.ts: a person waits for ever",
		"Test timeout of 3000ms exceeded",
	} {
		require.Contains(t, got.stderr, line)
	}

	c.call("step", "results", "--name", "end-to-end", "-o", out).ok(t)
	const failed = "reports/tests/renew-a-person-renews-a-contract-and-sees-its-new-day/"
	for _, name := range []string{"reports/junit.xml", "reports/html/index.html", failed + "trace.zip", failed + "test-failed-1.png", "services/app.log", "services/failing.log"} {
		info, err := os.Stat(filepath.Join(out, name))
		require.NoError(t, err)
		require.NotZero(t, info.Size(), name)
	}
}

func TestJourneysAreSharedAmongBrowsersWithAnAppAndADatabaseOfTheirOwn(t *testing.T) {
	c, out := checked(t), t.TempDir()
	require.Regexp(t, `(?m)^end-to-end passed in [0-9.]+ s: 6 tests`, c.call("end-to-end", "--shards", "2").ok(t).stdout)
	c.call("step", "results", "--name", "end-to-end", "--shards", "2", "-o", out).ok(t)
	for _, shard := range []string{"shard-1", "shard-2"} {
		text, err := os.ReadFile(filepath.Join(out, shard, "services/app.log"))
		require.NoError(t, err)
		require.Contains(t, string(text), "applied 20260112090000_contracts.sql")
	}
}

// A suite that cannot run proves nothing about the app: its error must name the cause.
func TestASuiteThatCannotRunNamesTheCause(t *testing.T) {
	const toml = "pipeline.toml"
	for reason, one := range map[string]struct {
		old, new string
		want     []string
	}{
		"the app does not start": {
			`migration_url = "DATABASE_URL_MIGRATION"` + "\nenv = { JWT_SECRET", `migration_url = "DATABASE_URL_MIGRATION"` + "\nenv = { NO_SECRET",
			[]string{"app did not start: http://app.test:8080/readyz", "renewa: cannot start: JWT_SECRET not set", "the app ended with code 1"},
		},
		"the migration fails": {
			`migration_url = "DATABASE_URL_MIGRATION"`, `migration_url = "NOBODY_READS_IT"`,
			[]string{"app did not start", "permission denied", "the release command ended with code 1"},
		},
		"the database does not start": {
			"[trial]\n", "[trial]\npostgres = \"debian:trixie-slim\"\n",
			[]string{"step end-to-end could not run: the database debian:trixie-slim did not start: its container exited with code 1", `"postgres": executable file not found`},
		},
		"there is no such database": {
			"[trial]\n", "[trial]\npostgres = \"postgres:never\"\n",
			[]string{"step end-to-end could not run:", "postgres:never"},
		},
		"no journey runs": {
			`run = "npm test --"`, `run = "npx playwright test --grep nothing"`,
			[]string{"No tests found"},
		},
		"a journey that nothing ends": {
			`run = "npm test --"`, "timeout = \"20s\"\nrun = \"npx playwright test planted\"",
			[]string{"was killed: the timeout is 20s", "began: a person waits for ever"},
		},
	} {
		t.Run(reason, func(t *testing.T) {
			c := checked(t)
			c.edit(t, toml, one.old, one.new)
			if reason == "a journey that nothing ends" {
				c.edit(t, toml, "timeout = \"5m\"\n\n# Checks that", "\n# Checks that")
				c.write(t, planted, "import { test } from \"@playwright/test\";\ntest(\"a person waits for ever\", async () => {\n  test.setTimeout(0);\n  await new Promise(() => {});\n});\n")
			}
			got := c.call("end-to-end").run(t)
			require.Equal(t, 1, got.code, got.all)
			for _, line := range append(one.want, "dagger call end-to-end") {
				require.Contains(t, got.stderr, line)
			}
		})
	}
}
