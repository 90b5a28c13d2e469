package scan_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/scan"
)

const minimal = "[app]\nname = \"shop\"\n[[stage]]\nname = \"staging\"\nconfig = \"fly.toml\"\norg = \"acme\"\n"

func parse(text string) (*scan.Settings, error) {
	var s *scan.Settings
	_, err := pipeline.Parse("pipeline.toml", []byte(text), scan.Table(&s))
	return s, err
}

func parsed(t *testing.T, text string) *scan.Settings {
	t.Helper()
	s, err := parse(text)
	require.NoError(t, err)
	return s
}

func TestAScanIsStrictUnlessItStatesOtherwise(t *testing.T) {
	require.Nil(t, parsed(t, minimal))
	require.Equal(t, &scan.Settings{Threshold: "high", AskedEvery: 24 * time.Hour, Timeout: 10 * time.Minute}, parsed(t, "[scan]\n"+minimal))
	s := parsed(t, `[scan]
threshold = "low"
unfixed_passes = true
baseline = "old.toml"
database_max_age = "48h"
advisories_every = "1h"
licences_denied = ["AGPL-*"]
exclude = ["samples"]
lockfiles = ["web/package-lock.json"]
rules = ["rules"]
timeout = "3m"
[[scan.waiver]]
rule = "CVE-1"
path = "web/*"
owner = "ann"
reason = "not reachable"
expires = 2026-12-31
`+minimal)
	require.Equal(t, &scan.Settings{
		Threshold: "low", Unfixed: true, Baseline: "old.toml", MaxAge: 48 * time.Hour, AskedEvery: time.Hour, Timeout: 3 * time.Minute,
		Denied: []string{"AGPL-*"}, Exclude: []string{"samples"}, Lockfiles: []string{"web/package-lock.json"}, Rules: []string{"rules"},
		Waivers: []scan.Waiver{{
			Rule: "CVE-1", Path: "web/*", Owner: "ann", Reason: "not reachable", Expires: time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC), At: "pipeline.toml:12",
		}},
	}, s)
	require.Equal(t, []string{"samples", "pipeline.toml", "old.toml"}, s.Exclusions(), "the files that state which findings pass are not scanned")
}

func TestEveryProblemOfAScanIsReportedAtOnce(t *testing.T) {
	_, err := parse(`[scan]
threshold = "hihg"
database_max_age = "2 days"
baseline = "../old.toml"
licences_denied = ["[GPL"]
[[scan.waiver]]
path = "web"
expires = "2026-12-31"
[[scan.waiver]]
rule = "CVE-1"
ownr = "ann"
path = "[a"
` + minimal)
	require.EqualError(t, err, `pipeline.toml:2: scan.threshold: unknown severity "hihg": use unknown, low, medium, high, critical
pipeline.toml:3: scan.database_max_age: "2 days" is not a time of a second or more: write a number with s, m or h, as in "5m"
pipeline.toml:4: scan.baseline: "../old.toml" must be a path below the folder of pipeline.toml
pipeline.toml:5: scan.licences_denied: "[GPL" is not a pattern: syntax error in pattern
pipeline.toml:6: scan.waiver[0]: fingerprint, rule or package is missing: a path alone would let every finding in it pass
pipeline.toml:6: scan.waiver[0]: owner is missing: who is responsible for the waiver
pipeline.toml:6: scan.waiver[0]: reason is missing: why the finding may pass
pipeline.toml:8: scan.waiver[0].expires: must be a date without quotes, as in 2026-12-31, not text
pipeline.toml:9: scan.waiver[1]: expires is missing: the last day of the waiver, as in 2026-12-31
pipeline.toml:9: scan.waiver[1]: owner is missing: who is responsible for the waiver
pipeline.toml:9: scan.waiver[1]: reason is missing: why the finding may pass
pipeline.toml:11: scan.waiver[1].ownr: unknown key, did you mean "owner"?
pipeline.toml:12: scan.waiver[1].path: "[a" is not a pattern: syntax error in pattern`)
}

func TestAScannerWithoutFilesToReadIsNoStep(t *testing.T) {
	for reason, c := range map[string]struct {
		lockfiles []string
		idle      []string
	}{
		"pipeline.toml names no lockfiles":         {nil, nil},
		"there are none":                           {[]string{}, []string{"trivy-lockfiles", "audit"}},
		"those that there are have no audit":       {[]string{"go.mod"}, []string{"audit"}},
		"one of those that there are has an audit": {[]string{"go.mod", "web/bun.lock"}, nil},
	} {
		steps := (&scan.Settings{Lockfiles: c.lockfiles}).Steps()
		require.Len(t, steps, 6-len(c.idle), reason)
		for _, step := range c.idle {
			require.NotContains(t, steps, step, reason)
		}
	}
}
