package scanner_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/scan"
	"github.com/renewa/pipeline/ci/scan/finding"
	"github.com/renewa/pipeline/ci/scan/scanner"
	"github.com/renewa/pipeline/ci/verify/step"
)

func TestTheScannersToRunAreThoseWithFilesToRead(t *testing.T) {
	all, npm, none := &scan.Settings{}, &scan.Settings{Lockfiles: []string{"package-lock.json"}}, &scan.Settings{Lockfiles: []string{}}
	trivy := []string{step.TrivyImageStep, step.TrivyLockfilesStep, step.TrivyConfigStep}
	for reason, c := range map[string]struct {
		settings *scan.Settings
		only     []string
		want     []string
		error    string
	}{
		"all":                        {settings: all, want: step.Scanners()},
		"some, in the table's order": {settings: all, only: []string{step.SemgrepStep, step.TrivyImageStep}, want: []string{step.TrivyImageStep, step.SemgrepStep}},
		"all of trivy":               {settings: npm, only: trivy, want: trivy},
		"trivy without lockfiles":    {settings: none, only: trivy, want: []string{step.TrivyImageStep, step.TrivyConfigStep}},
		"an audit without lockfiles": {settings: none, only: []string{step.AuditStep}, error: "pipeline.toml does not state audit: [scan] names no lockfile that audit reads"},
		"no [scan]":                  {error: "pipeline.toml does not state audit: it has no [scan]"},
	} {
		got, err := scanner.Selected(c.settings, "audit", c.only)
		if c.error != "" {
			require.ErrorContains(t, err, c.error, reason)
			continue
		}
		require.NoError(t, err, reason)
		require.Equal(t, c.want, got, reason)
	}
}

func TestAScannerWithAnOldDatabaseDidNotRun(t *testing.T) {
	s := scans(t)["trivy-lockfiles"]
	found, err := s.scanner.Scanned(s.results, passed, 0, time.Now())
	require.NoError(t, err)
	require.NotEmpty(t, found.Findings)
	s.scanner = scanner.TrivyLockfiles("web", scanner.Lookup{Digest: look.Digest, Timeout: time.Minute})
	_, err = s.scanner.Scanned(s.results, passed, time.Hour, time.Now().AddDate(10, 0, 0))
	require.ErrorContains(t, err, "step trivy-lockfiles could not run: the vulnerability database is from ")
	_, err = s.scanner.Scanned(nil, step.Verdict{Status: step.Failed, Reasons: []string{"it left no report"}}, 0, time.Now())
	require.ErrorContains(t, err, "step trivy-lockfiles could not run: trivy-lockfiles did not scan: it left no report")
	require.ErrorContains(t, err, "to run it alone: ")
}

func TestTheVerdictOfAScannerFollowsThePolicy(t *testing.T) {
	s := scans(t)["npm"]
	found, err := s.scanner.Found(s.results, passed)
	require.NoError(t, err)
	strict, lax := step.Verdict{Status: step.Passed}, step.Verdict{Status: step.Passed}
	scanner.Judge("audit", found, finding.Policy{}, &strict, time.Now())
	require.Equal(t, step.Failed, strict.Status)
	require.Len(t, strict.Reasons, len(found.Findings))
	require.Contains(t, strict.Details, "audit")
	scanner.Judge("audit", found, finding.Policy{Threshold: finding.Critical + 1}, &lax, time.Now())
	require.Equal(t, step.Passed, lax.Status)
}

func TestTheReportOfAllScannersNamesThoseThatDidNotRun(t *testing.T) {
	policy := finding.Policy{Waivers: []finding.Waiver{{Package: "nobody", Expires: time.Now().AddDate(1, 0, 0)}}}
	s := scans(t)["npm"]
	found, err := s.scanner.Found(s.results, passed)
	require.NoError(t, err)
	ran, missing := scanner.Outcome{Found: found}, scanner.Outcome{Err: errors.New("semgrep could not run")}
	for reason, c := range map[string]struct {
		outcomes []scanner.Outcome
		all      bool
		notRun   []string
		idle     int
	}{
		"all ran":          {[]scanner.Outcome{ran}, true, nil, 1},
		"only some ran":    {[]scanner.Outcome{ran}, false, nil, 0},
		"one did not run":  {[]scanner.Outcome{missing, ran}, true, []string{"semgrep could not run"}, 0},
		"nobody could run": {[]scanner.Outcome{missing}, true, []string{"semgrep could not run"}, 0},
	} {
		r := scanner.ReportOf("scan", c.outcomes, c.all, policy, time.Now())
		require.Equal(t, c.notRun, r.NotRun, reason)
		require.Len(t, r.Idle, c.idle, reason)
		require.Equal(t, len(c.outcomes) == 1 && c.notRun != nil, len(r.Findings) == 0, reason)
		require.False(t, r.Passed(), reason)
	}
}

func TestWhatAnAuditAndALicenceScanNeed(t *testing.T) {
	now := time.Date(2026, 1, 2, 23, 59, 0, 0, time.UTC)
	require.Equal(t, "2026-01-02T00:00:00Z", scanner.AskedAt(now, 24*time.Hour))
	require.Equal(t, scanner.AskedAt(now, 24*time.Hour), scanner.AskedAt(now.Add(-time.Hour), 24*time.Hour))
	require.True(t, scanner.NeedsBun([]string{"package-lock.json", "web/bun.lock"}))
	require.False(t, scanner.NeedsBun([]string{"package-lock.json"}))
	denied, toolbox := scan.Settings{Denied: []string{"GPL*"}}, &step.Toolbox{Target: "deps"}
	require.True(t, scanner.ReadsInstalled(denied, toolbox))
	for _, read := range []bool{scanner.ReadsInstalled(scan.Settings{}, toolbox), scanner.ReadsInstalled(denied, nil), scanner.ReadsInstalled(denied, &step.Toolbox{Image: "node:24"})} {
		require.False(t, read)
	}
}
