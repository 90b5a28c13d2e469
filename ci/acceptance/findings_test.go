//go:build acceptance

package acceptance

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestWhatIsPlantedIsFoundOnceAndPassesWaivedOrKnown(t *testing.T) {
	c, out := checked(t), t.TempDir()
	// With the whole vulnerability database, there may be findings of today that nobody planted.
	c.call("scanner", "baseline", "-o", c.path("baseline.toml")).ok(t)
	if os.Getenv("ADVISORIES") != "" {
		known, err := os.ReadFile(c.path("baseline.toml"))
		require.NoError(t, err)
		require.NotContains(t, string(known), "fingerprint =", "the clean tree has findings")
	}
	c.edit(t, "pipeline.toml", "[scan]\n", "[scan]\nbaseline = \"baseline.toml\"\n")
	c.hide(t)

	got := c.call("scan").run(t)
	require.Equal(t, 1, got.code, got.all)
	require.Contains(t, got.stderr, "scan failed: 5 findings of severity high or worse")
	require.NotRegexp(t, `ghp_\w{10}`, got.all, "the token was shown")
	c.call("scanner", "report", "-o", out).ok(t)
	found := failing(t, out)
	require.Len(t, found, len(hidden))
	shown := alerts(t, out)
	require.Len(t, shown, len(hidden))
	for name, tools := range hidden {
		require.ElementsMatch(t, tools, found[name].Tools, name)
		require.Contains(t, got.stderr, "  "+name+"  ")
		require.Equal(t, found[name].Rule, shown[found[name].Fingerprint])
	}
	require.Regexp(t, "^commit [0-9a-f]{12}$", found["github-pat"].Places[0].In)
	require.Equal(t, []place{{Path: "scripts/search.ts", Line: 4}}, found["sql-by-string-ts"].Places)
	require.Equal(t, []place{{Path: "renewa-one/bun.lock", Version: "4.17.20"}}, found["lodash CVE-2021-23337"].Places)

	c.waive(t, found, "sql-by-string-ts")
	got = c.call("scan").run(t)
	require.Equal(t, 1, got.code, got.all)
	require.Contains(t, got.stderr, "scan failed: 1 finding of severity high or worse; 4 waived")
	require.Regexp(t, `the waiver of bob .* expired on .*: bob has to fix the finding or renew the waiver`, got.stderr)
	c.waive(t, found, "")
	require.Contains(t, c.call("scan").ok(t).stdout, "scan passed: no finding of severity high or worse; 5 waived")

	c.waive(t, nil, "")
	c.call("scanner", "baseline", "-o", c.path("baseline.toml")).ok(t)
	c.write(t, "scripts/search.ts", "// Lines shift, and what was there is still known.\n"+search+"\nexport const run = (text: string) => eval(text);\n")
	got = c.call("scan").run(t)
	require.Equal(t, 1, got.code, got.all)
	require.Regexp(t, `scan failed: 1 finding of severity high or worse; \d+ in the baseline`, got.stderr)
	require.Contains(t, got.stderr, "high  code-from-string-ts  ")
}

// waive replaces all waivers: ann owns them, and bob the one that has expired.
func (c checkout) waive(t testing.TB, found map[string]judged, over string) {
	t.Helper()
	text, err := c.git("show", "HEAD:pipeline.toml")
	require.NoError(t, err, text)
	for name, j := range found {
		owner, expires := "ann", time.Now().AddDate(0, 1, 0)
		if name == over {
			owner, expires = "bob", time.Now().AddDate(0, 0, -2)
		}
		text += fmt.Sprintf("\n[[scan.waiver]]\nfingerprint = %q\nowner = %q\nreason = \"planted\"\nexpires = %s\n", j.Fingerprint, owner, expires.Format(time.DateOnly))
	}
	c.write(t, "pipeline.toml", text)
}
