package finding_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/config/tomlfile"
	"github.com/renewa/pipeline/ci/scan"
	"github.com/renewa/pipeline/ci/scan/finding"
)

func day(text string) time.Time {
	d, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return d
}

func TestAWaiverIsGoodOnItsLastDayAndNamesItsOwnerAfterIt(t *testing.T) {
	list := finding.Seal([]finding.Finding{lodash("trivy", "CVE-2021-23337", "bun.lock")})
	policy := finding.Policy{Threshold: finding.High, Waivers: []finding.Waiver{
		{Rule: "CVE-2021-23337", Owner: "ann", Reason: "not reachable", Expires: day("2026-03-31"), At: "pipeline.toml:9"},
	}}
	for now, want := range map[time.Time]finding.Status{
		day("2026-03-31"):                     finding.Waived,
		day("2026-04-01").Add(-time.Second):   finding.Waived,
		day("2026-04-01"):                     finding.Fails,
		day("2026-04-01").Add(24 * time.Hour): finding.Fails,
	} {
		judged := policy.Judge(list, now)[0]
		require.Equal(t, want, judged.Status, now.String())
		if want == finding.Fails {
			require.Equal(t, "the waiver of ann for CVE-2021-23337 (pipeline.toml:9) expired on 2026-03-31: ann has to fix the finding or renew the waiver", judged.Because())
		}
	}
}

func TestAFindingWithoutAFixPassesWhenThePolicyAllowsIt(t *testing.T) {
	hole := lodash("trivy", "CVE-2021-23337", "bun.lock")
	hole.Unfixed = true
	alone := finding.Seal([]finding.Finding{hole})
	policy := finding.Policy{Threshold: finding.High, UnfixedPasses: true}
	require.Equal(t, finding.NoFix, policy.Judge(alone, day("2026-01-01"))[0].Status)
	require.Equal(t, finding.Fails, finding.Policy{}.Judge(alone, day("2026-01-01"))[0].Status)
	both := finding.Merge(alone, finding.Seal([]finding.Finding{lodash("audit", "CVE-2021-23337", "bun.lock")}))
	require.Equal(t, finding.Fails, policy.Judge(both, day("2026-01-01"))[0].Status, "another tool does not say that there is none")
}

func TestOfTwoWaiversTheOneThatLastsLongerCounts(t *testing.T) {
	list := finding.Seal([]finding.Finding{lodash("trivy", "CVE-2021-23337", "bun.lock")})
	policy := finding.Policy{Waivers: []finding.Waiver{
		{Package: "lodash", Owner: "ann", Expires: day("2027-01-01")}, {Rule: "CVE-2021-23337", Owner: "bob", Expires: day("2025-01-01")},
	}}
	require.Equal(t, finding.Waived, policy.Judge(list, day("2026-01-01"))[0].Status)
}

func TestAWaiverMatchesAFindingThatHasAllItsParts(t *testing.T) {
	f := finding.Merge(
		finding.Seal([]finding.Finding{lodash("trivy", "CVE-2021-23337", "web/bun.lock", "GHSA-35jh-r3h4-6jhm")}),
		finding.Seal([]finding.Finding{lodash("audit", "GHSA-35jh-r3h4-6jhm", "web/bun.lock")}),
	)[0]
	for reason, c := range map[string]struct {
		waiver finding.Waiver
		want   bool
	}{
		"its fingerprint":       {finding.Waiver{Fingerprint: f.Fingerprint}, true},
		"its CVE":               {finding.Waiver{Rule: "CVE-2021-23337"}, true},
		"its other name":        {finding.Waiver{Rule: "GHSA-35jh-r3h4-6jhm"}, true},
		"its package":           {finding.Waiver{Package: "lodash"}, true},
		"a pattern of its path": {finding.Waiver{Package: "lodash", Path: "web/*.lock"}, true},
		"another path":          {finding.Waiver{Package: "lodash", Path: "api/*.lock"}, false},
		"a folder is no path":   {finding.Waiver{Path: "web"}, false},
		"another package":       {finding.Waiver{Rule: "CVE-2021-23337", Package: "minimist"}, false},
		"a broken pattern":      {finding.Waiver{Path: "["}, false},
	} {
		require.Equal(t, c.want, c.waiver.Matches(f), reason)
	}
	f.Places = append(f.Places, finding.Place{Path: "Dockerfile"})
	require.False(t, finding.Waiver{Path: "web/bun.lock"}.Matches(f), "it is in the image too, which nobody waived")
}

func TestOnlyWhatIsNotInTheBaselineFails(t *testing.T) {
	old := finding.Seal([]finding.Finding{lodash("trivy", "CVE-2021-23337", "bun.lock", "GHSA-1")})
	first := finding.Report{Name: "scan"}.Apply(finding.Policy{}, old)
	text, err := finding.WriteBaseline(first)
	require.NoError(t, err)
	baseline, err := finding.ParseBaseline("baseline.toml", []byte(text))
	require.NoError(t, err)
	now := finding.Merge(old, finding.Seal([]finding.Finding{lodash("trivy", "CVE-2020-8203", "bun.lock")}))
	report := finding.Report{Name: "scan"}.Apply(finding.Policy{Baseline: baseline}, now)
	require.Len(t, report.Of(finding.Known), 1)
	require.Len(t, report.Of(finding.Fails), 1)
	require.Equal(t, "CVE-2020-8203", report.Of(finding.Fails)[0].Rule)
	require.False(t, report.Passed())

	again, err := finding.WriteBaseline(report)
	require.NoError(t, err)
	require.Contains(t, again, text[strings.Index(text, "["):], "what is known stays, or the next one would fail for it")
	first.NotRun = []string{"gitleaks did not scan"}
	_, err = finding.WriteBaseline(first)
	require.ErrorContains(t, err, "no baseline was written: some scanners did not run, so their findings would be missing: gitleaks did not scan")
}

func TestEveryProblemOfABaselineIsReportedAtOnce(t *testing.T) {
	_, err := finding.ParseBaseline("baseline.toml", []byte(`version = 2
[[finding]]
what = "lodash"
[[finding]]
fingerprint = "0123456789abcdef"
[[finding]]
fingerprint = "0123456789abcdef"
[[finding]]
fingerprint = "xyz"
[[finding]]
fingerprnt = "0123456789abcde0"
`))
	var problems tomlfile.Problems
	require.ErrorAs(t, err, &problems)
	require.Equal(t, `baseline.toml:1: version: unknown version 2: this module reads version 1
baseline.toml:2: finding[0]: fingerprint is missing
baseline.toml:7: finding[2].fingerprint: 0123456789abcdef is on line 4 already
baseline.toml:9: finding[3].fingerprint: "xyz" is not a fingerprint: one has 16 digits from 0 to f
baseline.toml:10: finding[4]: fingerprint is missing
baseline.toml:11: finding[4].fingerprnt: unknown key, did you mean "fingerprint"?`, err.Error())

	_, err = finding.ParseBaseline("baseline.toml", []byte("version = 1\n[[finding"))
	require.ErrorContains(t, err, "baseline.toml:2: ")
	_, err = finding.ParseBaseline("baseline.toml", nil)
	require.ErrorContains(t, err, "version is missing")
}

func TestAWaiverThatMatchesNoFindingIsIdle(t *testing.T) {
	list := finding.Seal([]finding.Finding{lodash("trivy", "CVE-2021-23337", "bun.lock")})
	policy := finding.Policy{Waivers: []finding.Waiver{{Package: "lodash"}, {Package: "minimist"}}}
	require.Equal(t, []finding.Waiver{{Package: "minimist"}}, policy.Idle(policy.Judge(list, day("2026-01-01"))))
}

func TestThePolicyIsTheOneThatIsStated(t *testing.T) {
	for i, name := range scan.Severities {
		require.Equal(t, name, finding.Severity(i).String())
		require.Equal(t, finding.Severity(i), finding.NewPolicy(scan.Settings{Threshold: name}).Threshold)
	}
	require.Equal(t, "critical", finding.Critical.String())
	require.Equal(t, finding.Policy{
		Threshold: finding.High, UnfixedPasses: true, Waivers: []finding.Waiver{{Rule: "CVE-1", Owner: "ann", At: "pipeline.toml:9"}},
	}, finding.NewPolicy(scan.Settings{Threshold: "high", Unfixed: true, Waivers: []scan.Waiver{{Rule: "CVE-1", Owner: "ann", At: "pipeline.toml:9"}}}))
}

// A stricter threshold never lets more pass, a waiver or a baseline never makes more fail, and the two let
// pass exactly what they are about.
func TestAPolicyIsMonotone(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 2))
		list := finding.Merge(finding.Seal(several(r, "a")), finding.Seal(several(r, "b")))
		if len(list) == 0 {
			continue
		}
		fails := func(p finding.Policy) int {
			return len(finding.Report{At: day("2026-01-01")}.Apply(p, list).Of(finding.Fails))
		}
		before := len(list)
		for threshold := finding.Unknown; threshold <= finding.Critical; threshold++ {
			now := fails(finding.Policy{Threshold: threshold})
			require.LessOrEqual(t, now, before, "seed %d", seed)
			before = now
		}
		one := list[r.IntN(len(list))]
		baseline := finding.Baseline{}
		for _, print := range one.Fingerprints() {
			baseline[print] = true
		}
		require.Equal(t, len(list)-1, fails(finding.Policy{Baseline: baseline}), "seed %d", seed)
		waiver := finding.Waiver{Fingerprint: one.Fingerprint, Expires: day("2026-01-01")}
		require.Equal(t, len(list)-1, fails(finding.Policy{Waivers: []finding.Waiver{waiver}}), "seed %d", seed)
		waiver.Expires = day("2025-12-31")
		require.Len(t, list, fails(finding.Policy{Waivers: []finding.Waiver{waiver}}), "seed %d", seed)
	}
}
