package rules_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/renewa/pipeline/ci/scan/finding"
	"github.com/renewa/pipeline/ci/scan/rules"
)

type rule struct {
	ID, Message, Severity string
	Languages             []string
	Metadata              struct{ CWE string }
	file                  string
}

func all(t *testing.T) []rule {
	t.Helper()
	names, err := fs.Glob(rules.Files, "*.yaml")
	require.NoError(t, err)
	var list []rule
	for _, name := range names {
		text, err := fs.ReadFile(rules.Files, name)
		require.NoError(t, err)
		var read struct{ Rules []rule }
		require.NoError(t, yaml.Unmarshal(text, &read), name)
		require.NotEmpty(t, read.Rules, name)
		for _, r := range read.Rules {
			r.file = name
			list = append(list, r)
		}
	}
	return list
}

// sample is a comment for Semgrep's own test: a rule must find the next line, or must not.
var sample = regexp.MustCompile(`(?:#|//) (ruleid|ok): ([a-z, -]+)`)

func TestEveryRuleHasASampleThatItFindsAndOneThatItDoesNot(t *testing.T) {
	files, err := filepath.Glob("testdata/*")
	require.NoError(t, err)
	found := map[string]map[string]bool{"ruleid": {}, "ok": {}}
	for _, file := range files {
		subject := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
		require.FileExists(t, subject+".yaml", "%s is a sample of no rule: Semgrep goes by the name", file)
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, comment := range sample.FindAllStringSubmatch(string(text), -1) {
			for id := range strings.SplitSeq(comment[2], ",") {
				found[comment[1]][subject+".yaml "+strings.TrimSpace(id)] = true
			}
		}
	}
	for _, r := range all(t) {
		name := r.file + " " + r.ID
		require.True(t, found["ruleid"][name], "%s has no sample that it finds", name)
		require.True(t, found["ok"][name], "%s has no sample that it must not find", name)
		delete(found["ruleid"], name)
		delete(found["ok"], name)
	}
	require.Empty(t, found["ruleid"], "samples of rules that are not there")
	require.Empty(t, found["ok"], "samples of rules that are not there")
}

func TestEveryRuleHasAReasonAFixAndASeverity(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range all(t) {
		require.False(t, seen[r.ID], "two rules are called %s", r.ID)
		seen[r.ID] = true
		require.Regexp(t, `(?s)^\S.{40,}\. Instead: .{15,}\.$`, r.Message, r.ID)
		require.NotRegexp(t, `\$[A-Z0-9]`, r.Message, "%s: Semgrep puts what it found in its place", r.ID)
		require.Regexp(t, `^CWE-\d+: \S`, r.Metadata.CWE, r.ID)
		_, err := finding.ParseSeverity(r.Severity)
		require.NoError(t, err, r.ID)
		require.NotEmpty(t, r.Languages, r.ID)
	}
	require.Greater(t, len(seen), 12)
}

func TestTheDocsNameEveryRuleAndNoOther(t *testing.T) {
	text, err := os.ReadFile("../../../docs/rules.md")
	require.NoError(t, err)
	var want, documented []string
	for _, r := range all(t) {
		want = append(want, r.ID)
	}
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z-]+)` \\| ([a-z, ]+) \\|").FindAllStringSubmatch(string(text), -1) {
		for language := range strings.SplitSeq(row[2], ", ") {
			documented = append(documented, row[1]+"-"+language)
		}
	}
	require.ElementsMatch(t, want, documented)
}

// This test is for the author of a rule: it needs Semgrep. On the engine there is an acceptance test.
func TestSemgrepFindsTheSamplesThatItMustAndNoOthers(t *testing.T) {
	semgrep, err := exec.LookPath("semgrep")
	if err != nil {
		t.Skip("NOT TESTED here: there is no semgrep on the PATH")
	}
	out, err := exec.CommandContext(t.Context(), semgrep, "scan", "--test", "--metrics=off", "--disable-version-check", "--config", ".", "testdata").CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), "All tests passed", "%s", out)
}

func TestAllFilesOfRulesAreReturnedInOrder(t *testing.T) {
	all := rules.All()
	require.Greater(t, len(all), 10)
	require.True(t, slices.IsSortedFunc(all, func(a, b rules.File) int { return strings.Compare(a.Name, b.Name) }))
	for _, f := range all {
		require.Contains(t, f.Text, "rules:", f.Name)
	}
}
