package scanner

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/scan/finding"
)

const (
	gitleaksReport  = "gitleaks.json"
	gitleaksShallow = "shallow.txt"
)

// Gitleaks looks for secrets in every commit of every branch. What it finds is redacted before it is written.
func Gitleaks(timeout time.Duration) Scanner {
	return Scanner{
		Check: pipeline.Check{
			Name: "gitleaks",
			Run: []string{
				"git rev-parse --is-shallow-repository >" + gitleaksShallow + " && gitleaks git --ignore-gitleaks-allow --no-banner --no-color --redact=100 --exit-code 0" +
					" --report-format json --report-path " + gitleaksReport + " .",
			},
			Timeout: timeout,
			Reports: []string{gitleaksReport, gitleaksShallow},
		},
		Read: readGitleaks,
		Why: func(fs.FS) string {
			return "where .git is a file, as in a worktree, the history lies elsewhere: run it in a clone"
		},
	}
}

var errShallow = errors.New("this clone is shallow, and a secret in an old commit is as public as one in the last: the full history is needed\n" +
	"git fetch --unshallow, or fetch-depth: 0 where CI checks out")

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
	found := Found{Tool: finding.Tool{Name: "gitleaks"}}
	for i, l := range leaks {
		if l.RuleID == "" || l.File == "" || l.Commit == "" {
			return Found{}, fmt.Errorf("entry %d of its report has no rule, file or commit: %w", i+1, errVersion)
		}
		if l.Secret != "" && l.Secret != redacted {
			return Found{}, fmt.Errorf("entry %d of its report is not redacted, so nothing of it is shown", i+1)
		}
		found.Findings = append(found.Findings, l.finding())
	}
	return found, nil
}

const redacted = "REDACTED"

// finding has the commit in its anchor: another secret on the same line is another finding.
func (l leak) finding() finding.Finding {
	return finding.Finding{
		Kind: finding.Secret, Tools: []string{"gitleaks"}, Rule: l.RuleID, Severity: finding.Critical,
		Title:  l.Description,
		Why:    "Whoever has a clone has the secret, also after the file was changed.",
		Fix:    "Revoke it where it was issued. Then take it out of the file; rewriting history does not make it secret again.",
		Anchor: l.Commit + "\x00" + l.Match,
		Places: []finding.Place{{Path: l.File, Line: l.StartLine, In: "commit " + l.Commit[:min(12, len(l.Commit))]}},
	}
}

// History is what Gitleaks reads of .git: all that commits are made of. The rest changes without them, and
// .git/config may hold a token.
var History = []string{".git/HEAD", ".git/packed-refs", ".git/shallow", ".git/objects/**", ".git/refs/**"}
