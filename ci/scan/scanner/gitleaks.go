package scanner

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/renewa/pipeline/ci/scan/finding"
	"github.com/renewa/pipeline/ci/verify/step"
)

const (
	gitleaksReport  = "gitleaks.json"
	gitleaksShallow = "shallow.txt"
)

// Gitleaks looks for secrets in every commit of every branch. Its report is redacted before it is written.
func Gitleaks(timeout time.Duration) Scanner {
	return Scanner{
		Check: step.Check{
			Name: step.GitleaksStep, Own: "gitleaks",
			Run: []string{
				"git rev-parse --is-shallow-repository >" + gitleaksShallow + " && gitleaks git --ignore-gitleaks-allow --no-banner --no-color --redact=100 --exit-code 0" +
					" --report-format json --report-path " + gitleaksReport + " .",
			},
			Timeout: timeout,
			Reports: []string{gitleaksReport, gitleaksShallow},
		},
		Read: readGitleaks,
	}
}

var errShallow = errors.New("this clone is shallow: a secret in an old commit is as public as one in the last, so the whole history is needed\n" +
	"Fetch it: git fetch --unshallow, or fetch-depth: 0 in the checkout of CI")

type leak struct {
	RuleID      string
	Description string
	File        string
	StartLine   int
	Match       string
	Secret      string
	Commit      string
}

func readGitleaks(results fs.FS) (Found, error) {
	var leaks []leak
	if err := decode(results, gitleaksReport, &leaks); err != nil {
		return Found{}, err
	}
	if leaks == nil {
		return Found{}, errVersion // null
	}
	switch shallow, err := fs.ReadFile(results, gitleaksShallow); {
	case err != nil:
		return Found{}, err
	case strings.TrimSpace(string(shallow)) != "false":
		return Found{}, errShallow
	}
	found := Found{Tool: finding.Tool{Name: step.GitleaksStep}}
	for i, l := range leaks {
		if l.RuleID == "" || l.File == "" || l.Commit == "" {
			return Found{}, fmt.Errorf("entry %d of its report has no rule, file or commit: %w", i+1, errVersion)
		}
		if l.Secret != "" && l.Secret != redacted {
			return Found{}, fmt.Errorf("entry %d of its report has the secret in plain text, so it is not shown", i+1)
		}
		found.Findings = append(found.Findings, l.finding())
	}
	return found, nil
}

const redacted = "REDACTED"

// finding has the commit in its anchor: two secrets on one line are two findings.
func (l leak) finding() finding.Finding {
	return finding.Finding{
		Kind: finding.Secret, Tools: []string{step.GitleaksStep}, Rule: l.RuleID, Severity: finding.Critical,
		Title:  l.Description,
		Why:    "Everybody with a clone has the secret, also after the file was changed.",
		Fix:    "Revoke it where it was issued. Then remove it from the file; rewriting history does not make it secret again.",
		Anchor: l.Commit + "\x00" + l.Match,
		Places: []finding.Place{{Path: l.File, Line: l.StartLine, In: "commit " + l.Commit[:min(12, len(l.Commit))]}},
	}
}

// History are the files of .git that commits are made of, which Gitleaks reads. The others change without a commit, and
// .git/config may hold a token.
var History = []string{".git/HEAD", ".git/packed-refs", ".git/shallow", ".git/objects/**", ".git/refs/**"}
