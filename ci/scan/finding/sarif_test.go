package finding_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/golden"
	"github.com/renewa/pipeline/ci/scan/finding"
)

func scanned() finding.Report {
	today := day("2026-03-01")
	list := finding.Seal([]finding.Finding{
		{
			Kind: finding.Vulnerability, Tools: []string{"audit", "trivy"}, Rule: "CVE-2021-23337", Severity: finding.High, Score: 7.2, Title: "Command injection",
			Why: "template() runs what it is given.", Fix: "upgrade lodash to 4.17.21", Link: "https://example.com/CVE-2021-23337", Ecosystem: "npm", Package: "lodash",
			Places: []finding.Place{{Path: "Dockerfile", Version: "4.17.20", In: "in the image"}, {Path: "web app/bun.lock", Version: "4.17.20"}},
		},
		{Kind: finding.Code, Tools: []string{"semgrep"}, Rule: "eval", Severity: finding.Low, Title: "eval runs text", Anchor: "eval(x)", Places: []finding.Place{{Path: "a.ts", Line: 3}}},
		{Kind: finding.Code, Tools: []string{"semgrep"}, Rule: "eval", Severity: finding.Low, Title: "eval runs text", Anchor: "eval(y)", Places: []finding.Place{{Path: "a.ts", Line: 9}}},
		{Kind: finding.Secret, Tools: []string{"gitleaks"}, Rule: "github-pat", Severity: finding.Critical, Title: "A token", Anchor: "t = REDACTED", Places: []finding.Place{{Path: "b.ts", Line: 1, In: "commit 0123456"}}},
	})
	policy := finding.Policy{Threshold: finding.High, Waivers: []finding.Waiver{{Rule: "github-pat", Owner: "ann", Reason: "revoked", Expires: today}}}
	r := finding.Report{Name: "scan", At: today, Tools: []finding.Tool{{Name: "trivy", Version: "0.74.0"}, {Name: "audit"}}, Notes: []string{"a note"}, NotRun: []string{"gitleaks did not scan"}}
	return r.Apply(policy, list)
}

func TestSARIFHasWhatGitHubNeeds(t *testing.T) {
	text, err := scanned().SARIF()
	require.NoError(t, err)
	golden.Equal(t, "report.sarif", text)

	var log struct {
		Version string
		Schema  string `json:"$schema"`
		Runs    []struct {
			Tool struct {
				Driver struct {
					Rules []struct {
						ID         string
						Help       struct{ Text string }
						Properties map[string]any
					}
				}
			}
			Results []struct {
				RuleID              string
				RuleIndex           int
				Message             struct{ Text string }
				PartialFingerprints map[string]string
				Suppressions        []struct{ Justification string }
				Locations           []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine int }
					}
				}
			}
		}
	}
	require.NoError(t, json.Unmarshal([]byte(text), &log))
	require.Equal(t, "2.1.0", log.Version)
	require.Len(t, log.Runs, 1)
	rules := log.Runs[0].Tool.Driver.Rules
	require.Len(t, rules, 3, "a rule is described once")
	for _, rule := range rules {
		require.NotEmpty(t, rule.Help.Text)
		require.NotEmpty(t, rule.Properties["security-severity"])
	}
	suppressed := 0
	for _, r := range log.Runs[0].Results {
		require.Equal(t, rules[r.RuleIndex].ID, r.RuleID)
		require.NotEmpty(t, r.Message.Text)
		require.NotEmpty(t, r.PartialFingerprints)
		require.NotEmpty(t, r.Locations)
		for _, l := range r.Locations {
			require.Positive(t, l.PhysicalLocation.Region.StartLine)
			require.NotRegexp(t, `^(/|[a-z]+:)| `, l.PhysicalLocation.ArtifactLocation.URI)
		}
		suppressed += len(r.Suppressions)
	}
	require.Equal(t, 1, suppressed, "the waived one")
}

func TestAReportOfNothingIsSARIFToo(t *testing.T) {
	text, err := finding.Report{Name: "gitleaks"}.Apply(finding.Policy{}, nil).SARIF()
	require.NoError(t, err)
	require.Contains(t, text, `"results": []`)
}

func TestTheSeverityGitHubShowsIsThatOfTheReport(t *testing.T) {
	for reason, c := range map[string]struct {
		severity finding.Severity
		score    float64
		want     string
	}{
		"a score that fits":         {finding.High, 7.5, `"security-severity": "7.5"`},
		"rated lower by Debian":     {finding.Low, 9.8, `"security-severity": "2.5"`},
		"no score":                  {finding.Critical, 0, `"security-severity": "9.5"`},
		"nobody rated it":           {finding.Unknown, 0, `"security-severity": "0.1"`},
		"on the line of the higher": {finding.Critical, 9, `"security-severity": "9.0"`},
	} {
		t.Run(reason, func(t *testing.T) {
			f := finding.Finding{Kind: finding.Vulnerability, Rule: "CVE-1", Severity: c.severity, Score: c.score, Title: "x", Package: "p", Places: []finding.Place{{Path: "a"}}}
			text, err := finding.Report{Name: "scan"}.Apply(finding.Policy{}, finding.Seal([]finding.Finding{f})).SARIF()
			require.NoError(t, err)
			require.Contains(t, text, c.want)
		})
	}
}
