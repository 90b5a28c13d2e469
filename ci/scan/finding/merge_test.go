package finding_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/scan/finding"
)

func lodash(tool, rule, path string, aliases ...string) finding.Finding {
	return finding.Finding{
		Kind: finding.Vulnerability, Tools: []string{tool}, Rule: rule, Aliases: aliases, Severity: finding.High,
		Title: "Command injection", Ecosystem: "npm", Package: "lodash", Places: []finding.Place{{Path: path, Version: "4.17.20"}},
	}
}

func TestOneVulnerabilityThatThreeToolsNameDifferentlyIsOneFinding(t *testing.T) {
	image := finding.Seal([]finding.Finding{lodash("trivy", "CVE-2021-23337", "Dockerfile", "GHSA-35jh-r3h4-6jhm")})
	files := finding.Seal([]finding.Finding{lodash("trivy", "CVE-2021-23337", "bun.lock", "GHSA-35jh-r3h4-6jhm")})
	audit := lodash("audit", "GHSA-35jh-r3h4-6jhm", "bun.lock")
	audit.Fix, audit.Places[0].Version = "upgrade to 4.17.21", "" // npm audit reports none
	merged := finding.Merge(image, finding.Seal([]finding.Finding{audit}), files)
	require.Len(t, merged, 1)
	f := merged[0]
	require.Equal(t, "CVE-2021-23337", f.Rule)
	require.Equal(t, []string{"GHSA-35jh-r3h4-6jhm"}, f.Aliases)
	require.Equal(t, []string{"audit", "trivy"}, f.Tools)
	require.Equal(t, "upgrade to 4.17.21", f.Fix)
	require.Equal(t, []finding.Place{{Path: "Dockerfile", Version: "4.17.20"}, {Path: "bun.lock", Version: "4.17.20"}}, f.Places)
	require.Equal(t, image[0].Fingerprint, f.Fingerprint, "a waiver made for one tool holds for all")
}

func TestWhatIsNotTheSameStaysApart(t *testing.T) {
	for reason, other := range map[string]func(*finding.Finding){
		"another package":     func(f *finding.Finding) { f.Package = "lodash-es" },
		"another ecosystem":   func(f *finding.Finding) { f.Ecosystem = "debian" },
		"another hole":        func(f *finding.Finding) { f.Rule = "CVE-2020-8203" },
		"its licence instead": func(f *finding.Finding) { f.Kind = finding.Licence },
	} {
		t.Run(reason, func(t *testing.T) {
			a, b := lodash("trivy", "CVE-2021-23337", "bun.lock"), lodash("audit", "CVE-2021-23337", "bun.lock")
			other(&b)
			require.Len(t, finding.Merge(finding.Seal([]finding.Finding{a}), finding.Seal([]finding.Finding{b})), 2)
		})
	}
}

func TestASecretThatTwoToolsSeeOnOneLineIsOneFinding(t *testing.T) {
	leak := func(tool, rule string, line int) []finding.Finding {
		return finding.Seal([]finding.Finding{{
			Kind: finding.Secret, Tools: []string{tool}, Rule: rule, Severity: finding.High, Title: "A token",
			Anchor: rule, Places: []finding.Place{{Path: "src/a.ts", Line: line}},
		}})
	}
	merged := finding.Merge(leak("gitleaks", "github-pat", 7), leak("semgrep", "secret-in-code", 7))
	require.Len(t, merged, 1)
	require.Equal(t, []string{"gitleaks", "semgrep"}, merged[0].Tools)
	require.Len(t, merged[0].Fingerprints(), 2, "either tool's fingerprint still names it")
	require.Len(t, finding.Merge(leak("gitleaks", "github-pat", 7), leak("semgrep", "secret-in-code", 8)), 2)
}

// The first secret was waived. The second is on the same line, and for Semgrep the two are the same.
func TestASecretThatTakesThePlaceOfAnotherIsNew(t *testing.T) {
	leak := func(tool, commit string) []finding.Finding {
		return finding.Seal([]finding.Finding{{
			Kind: finding.Secret, Tools: []string{tool}, Rule: tool + "-token", Severity: finding.Critical, Title: "A token",
			Anchor: commit, Places: []finding.Place{{Path: "src/a.ts", Line: 7, In: commit}},
		}})
	}
	old, code := finding.Merge(leak("gitleaks", "commit 1"), leak("semgrep", "")), leak("semgrep", "")
	both := finding.Seal(append(leak("gitleaks", "commit 1"), leak("gitleaks", "commit 2")...))
	now := finding.Merge(code, both)
	require.Len(t, now, 2)

	baseline := finding.Baseline{}
	for _, print := range old[0].Fingerprints() {
		baseline[print] = true
	}
	waivers := []finding.Waiver{{Fingerprint: old[0].Fingerprint, Expires: day("2027-01-01")}, {Fingerprint: code[0].Fingerprint, Expires: day("2027-01-01")}}
	for reason, policy := range map[string]finding.Policy{"in a baseline": {Baseline: baseline}, "waived": {Waivers: waivers}} {
		t.Run(reason, func(t *testing.T) {
			r := finding.Report{At: day("2026-01-01")}.Apply(policy, now)
			require.Len(t, r.Of(finding.Fails), 1)
			require.Contains(t, fmt.Sprint(r.Of(finding.Fails)[0].Places), "commit 2")
			require.Empty(t, finding.Report{At: day("2026-01-01")}.Apply(policy, old).Of(finding.Fails))
		})
	}
}

func TestFingerprintsStayWhenLinesShiftAndCodeIsFormatted(t *testing.T) {
	at := func(anchor string, lines ...int) (prints []string) {
		var list []finding.Finding
		for _, line := range lines {
			list = append(list, finding.Finding{Kind: finding.Code, Rule: "eval", Anchor: anchor, Places: []finding.Place{{Path: "a.ts", Line: line}}})
		}
		for _, f := range finding.Seal(list) {
			prints = append(prints, f.Fingerprint)
		}
		return prints
	}
	before := at("  eval(x);", 3, 9)
	require.NotEqual(t, before[0], before[1], "two equal lines have different fingerprints")
	require.Equal(t, before, at("\teval(x);\n", 103, 209))
	require.Equal(t, before[:1], at("eval(x);", 209), "the first of them is mended: one fingerprint is gone")
	require.NotEqual(t, before, at("eval(y);", 3, 9))
}

// Whatever tools report: the order of the lists makes no difference, merging again changes nothing, and every
// fingerprint that went in is that of exactly one finding that comes out.
func TestMergeLosesNothingInAnyOrder(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		lists := make([][]finding.Finding, 1+r.IntN(4))
		went := map[string]bool{}
		for i := range lists {
			lists[i] = finding.Seal(several(r, fmt.Sprint("tool", i)))
			for _, f := range lists[i] {
				went[f.Fingerprint] = true
			}
		}
		merged := finding.Merge(lists...)
		require.Equal(t, merged, finding.Merge(merged), "seed %d", seed)
		r.Shuffle(len(lists), func(i, j int) { lists[i], lists[j] = lists[j], lists[i] })
		require.Equal(t, merged, finding.Merge(lists...), "seed %d", seed)
		came := map[string]int{}
		for _, f := range merged {
			for _, print := range f.Fingerprints() {
				came[print]++
			}
		}
		for print := range went {
			require.Equal(t, 1, came[print], "seed %d: %s", seed, print)
		}
	}
}

func several(r *rand.Rand, tool string) []finding.Finding {
	list := make([]finding.Finding, r.IntN(8))
	for i := range list {
		path := fmt.Sprintf("file%d", r.IntN(2))
		switch r.IntN(3) {
		case 0:
			list[i] = lodash(tool, fmt.Sprintf("CVE-%d", r.IntN(3)), path, fmt.Sprintf("GHSA-%d", r.IntN(3)))
		case 1:
			list[i] = lodash(tool, fmt.Sprintf("GHSA-%d", r.IntN(3)), path)
		default:
			rule := fmt.Sprint(tool, "-rule", r.IntN(2)) // rules of two tools have names of their own
			list[i] = finding.Finding{
				Kind: []finding.Kind{finding.Secret, finding.Code}[r.IntN(2)], Tools: []string{tool}, Rule: rule,
				Severity: finding.Severity(r.IntN(5)), Anchor: fmt.Sprint(r.IntN(2)), Places: []finding.Place{{Path: path, Line: 1 + r.IntN(3)}},
			}
		}
	}
	return slices.Clip(list)
}
