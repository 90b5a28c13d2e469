package scanner

import (
	"fmt"
	"io/fs"
	"time"

	"github.com/renewa/pipeline/ci/finding"
	"github.com/renewa/pipeline/ci/fleet"
)

const gitleaksReport = "gitleaks.json"

// Gitleaks looks for secrets in every commit of every branch. What it finds is redacted before it is written.
func Gitleaks(timeout time.Duration) Scanner {
	return Scanner{
		Check: fleet.Check{
			Name: "gitleaks",
			Run: []string{
				`test ! -e .git/shallow || { echo "this clone is shallow, and a secret in an old commit is as public as one in the last: the full history is needed. git fetch --unshallow, or fetch-depth: 0 where CI checks out"; exit 1; }`,
				`git rev-parse --git-dir >/dev/null 2>&1 || { echo "there is no .git folder here, or it is that of a worktree, whose history lies elsewhere: run this in a whole clone"; exit 1; }`,
				"gitleaks git --no-banner --no-color --redact=100 --exit-code 0 --report-format json --report-path " + gitleaksReport + " .",
			},
			Timeout: timeout,
			Reports: []string{gitleaksReport},
		},
		Read: readGitleaks,
	}
}

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
