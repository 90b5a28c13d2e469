package finding_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/golden"
	"github.com/renewa/pipeline/ci/scan/finding"
)

// full is a report with everything a report can have.
func full(t *testing.T) finding.Report {
	t.Helper()
	hole := lodash("trivy", "CVE-2021-23337", "renewa/bun.lock", "GHSA-35jh-r3h4-6jhm")
	hole.Why, hole.Fix, hole.Link = "template() runs what it is given.", "upgrade lodash to 4.17.21", "https://github.com/advisories/GHSA-35jh-r3h4-6jhm"
	image := lodash("trivy", "CVE-2021-23337", "Dockerfile")
	image.Places[0].In = finding.InImage + ", layer 3f2a9c"
	late, waived, old, low := lodash("audit", "GHSA-2", "bun.lock"), lodash("audit", "GHSA-3", "bun.lock"), lodash("trivy", "CVE-4", "bun.lock"), lodash("trivy", "CVE-5", "bun.lock")
	low.Severity = finding.Low
	unfixed := lodash("trivy", "CVE-6", "bun.lock")
	unfixed.Unfixed = true
	code := finding.Finding{
		Kind: finding.Code, Tools: []string{"semgrep"}, Rule: "sql-by-string", Severity: finding.Critical, Title: "SQL is built by string",
		Anchor: "db.query(`a|${b}`)", Fix: "pass values as parameters", Places: []finding.Place{{Path: "src/a.ts", Line: 12}},
	}
	list := finding.Merge(finding.Seal([]finding.Finding{hole, old, low, late, unfixed}), finding.Seal([]finding.Finding{image}), finding.Seal([]finding.Finding{code, waived}))
	policy := finding.Policy{
		Threshold:     finding.High,
		UnfixedPasses: true,
		Waivers: []finding.Waiver{
			{Rule: "GHSA-2", Owner: "ann", Reason: "not reachable", Expires: day("2026-02-28"), At: "pipeline.toml:90"},
			{Rule: "GHSA-3", Owner: "bob", Reason: "no fix yet", Expires: day("2026-12-31"), At: "pipeline.toml:96"},
			{Package: "minimist", Owner: "bob", Reason: "gone", Expires: day("2026-12-31"), At: "pipeline.toml:102"},
		},
		Baseline: finding.Baseline{finding.Seal([]finding.Finding{old})[0].Fingerprint: true},
	}
	r := finding.Report{
		Name: "scan", At: day("2026-03-01"), Tools: []finding.Tool{{Name: "trivy", Version: "0.74.0"}, {Name: "audit"}},
		Database: &finding.Database{Digest: "sha256:0123456789abcdef0123", Updated: day("2026-02-26").Add(5 * time.Hour), Sample: "12 advisories"},
		NotRun:   []string{"gitleaks did not scan: this clone is shallow"},
		Notes:    []string{"semgrep could not parse src/b.ts"},
	}.Apply(policy, list)
	r.Idle = policy.Idle(r.Findings)
	return r
}

func TestTheFormatsOfAReport(t *testing.T) {
	r := full(t)
	golden.Equal(t, "report.txt", r.String())
	golden.Equal(t, "report.md", r.Markdown())
	golden.Equal(t, "report.json", r.JSON())
	golden.Equal(t, "clean.txt", finding.Report{Name: "gitleaks", Tools: []finding.Tool{{Name: "gitleaks", Version: "8.30.1"}}}.Apply(finding.Policy{Threshold: finding.High}, nil).String())
}

func TestAScannerThatDidNotRunHasNoCount(t *testing.T) {
	r := finding.Report{Name: "trivy", NotRun: []string{"step trivy-image could not run: no database", "step trivy-lockfiles could not run: no database"}}
	require.Equal(t, "trivy failed: 2 scanners did not run", r.Summary())
	r.Tools, r.Threshold = []finding.Tool{{Name: "trivy", Version: "0.74.0"}}, finding.High // its third step ran
	require.Equal(t, "trivy failed: 2 scanners did not run; the others: no finding of severity high or worse", r.Summary())
	require.Equal(t, []string{"ran: trivy 0.74.0"}, r.Preamble())
}

func TestTheJSONOfAReportIsReadAsItWasWritten(t *testing.T) {
	var r finding.Report
	require.NoError(t, json.Unmarshal([]byte(full(t).JSON()), &r))
	require.Equal(t, full(t).JSON(), r.JSON())
}

func TestADatabaseIsAsOldAsTheClockSays(t *testing.T) {
	d := finding.Database{Digest: "sha256:0123456789abcdef", Updated: day("2026-03-01")}
	for age, want := range map[time.Duration]string{
		time.Minute: "less than an hour", 3 * time.Hour: "3 hours", 47 * time.Hour: "47 hours", 72 * time.Hour: "3 days", 71*time.Hour + 59*time.Minute: "2 days",
	} {
		require.Equal(t, want, d.Age(d.Updated.Add(age)))
	}
	limit := 72 * time.Hour
	require.NoError(t, d.TooOld(limit, d.Updated.Add(limit)))
	require.NoError(t, d.TooOld(0, day("2036-01-01")), "no limit was stated")
	require.ErrorContains(t, d.TooOld(limit, d.Updated.Add(limit+time.Hour)), "is from 2026-03-01, 3 days old: [scan] allows 72h0m0s")
	require.Equal(t, "vulnerability database of 2026-03-01 00:00, less than an hour old, sha256:0123456789ab", d.Describe(d.Updated))
	d.Sample = "12 advisories"
	require.NoError(t, d.TooOld(limit, day("2036-01-01")))
	require.Equal(t, "only a test sample of 12 advisories: this is NOT a real scan", d.Describe(d.Updated))
}
