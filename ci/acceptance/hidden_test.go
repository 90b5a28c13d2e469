//go:build acceptance

package acceptance

import (
	"crypto/rand"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// hidden are the findings that hide plants in a checkout, by their names in a report, with the scanners that find them.
var hidden = map[string][]string{
	"lodash CVE-2021-23337":  {"audit", "trivy"},
	"busybox CVE-2023-39810": {"trivy"},
	"DS-0002":                {"trivy"}, // a container that runs as root
	"github-pat":             {"gitleaks"},
	"sql-by-string-ts":       {"semgrep"},
}

const search = `import type { SQL } from "bun";

export const search = (sql: SQL, title: string) =>
  sql.unsafe("SELECT id FROM contracts WHERE title = '" + title + "'"); // nosemgrep
`

// hide plants the findings. The token is in a commit only. Comments that silence a tool do not waive a finding.
func (c checkout) hide(t testing.TB) {
	t.Helper()
	const lodash = `["lodash@4.17.20", "", {}, "sha512-PlhdFcillOINfeV7Ni6oF1TAEayyZBoZ8bcshTHqOYJYlrqzRK5hagpagky5o4HfCzzd1TRkXPMFq6cKk9rGmA=="]`
	c.edit(t, "renewa-one/package.json", `"dependencies": {`, `"dependencies": {`+"\n    \"lodash\": \"4.17.20\",")
	c.edit(t, "renewa-one/bun.lock", `"dependencies": {`, `"dependencies": {`+"\n        \"lodash\": \"4.17.20\",")
	c.edit(t, "renewa-one/bun.lock", `    "lz-string"`, `    "lodash": `+lodash+",\n\n    \"lz-string\"")
	c.edit(t, "Dockerfile", "USER 1000:1000", "RUN apt-get update && apt-get install -y --no-install-recommends busybox && rm -rf /var/lib/apt/lists/*")
	c.write(t, "scripts/search.ts", search)
	c.write(t, "renewa-one/token.txt", "ghp_"+(rand.Text() + rand.Text())[:36]+" # gitleaks:allow\n")
	require.NoError(t, c.commit("a token"))
	require.NoError(t, os.Remove(c.path("renewa-one/token.txt")))
	require.NoError(t, c.commit("no token"))
}

// judged is one finding of scan.json.
type judged struct {
	Fingerprint, Rule, Package, Status string
	Tools                              []string
	Places                             []place
}

type place struct {
	Path, Version, In string
	Line              int
}

func (j judged) name() string { return strings.TrimSpace(j.Package + " " + j.Rule) }

// failing are the findings of a report that fail; none may occur twice.
func failing(t testing.TB, folder string) map[string]judged {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, "scan.json"))
	require.NoError(t, err)
	var report struct{ Findings []judged }
	require.NoError(t, json.Unmarshal(text, &report))
	found := map[string]judged{}
	for _, j := range report.Findings {
		if j.Status == "fails" {
			require.NotContains(t, found, j.name(), "found twice")
			found[j.name()] = j
		}
	}
	return found
}

// alerts are the results of scan.sarif that GitHub would show: rules by fingerprint.
func alerts(t testing.TB, folder string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, "scan.sarif"))
	require.NoError(t, err)
	var log struct {
		Runs []struct {
			Results []struct {
				RuleID              string
				PartialFingerprints map[string]string
				Suppressions        []any
				Level               string
				Locations           []any
			}
		}
	}
	require.NoError(t, json.Unmarshal(text, &log))
	require.Len(t, log.Runs, 1)
	shown := map[string]string{}
	for _, r := range log.Runs[0].Results {
		if r.Level == "error" && len(r.Suppressions) == 0 {
			require.NotEmpty(t, r.Locations)
			shown[r.PartialFingerprints["pipelineFingerprint/v1"]] = r.RuleID
		}
	}
	return shown
}
