package scanner

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/renewa/pipeline/ci/scan/finding"
	"github.com/renewa/pipeline/ci/verify/step"
)

const (
	semgrepReport   = "semgrep.json"
	semgrepSnippets = "semgrep.sarif" // the only report with the lines that were found
)

// Semgrep scans the sources below a folder with the rules below another. It writes findings only to its reports: its
// output could have lines with secrets.
func Semgrep(sources, rules string, timeout time.Duration) Scanner {
	run := "semgrep scan --metrics=off --disable-version-check --no-rewrite-rule-ids --disable-nosem --quiet --oss-only --config " + rules
	return Scanner{
		Check: step.Check{
			Name: step.SemgrepStep, Own: "semgrep",
			Run:     []string{run + " --json-output=" + semgrepReport + " --sarif-output=" + semgrepSnippets + " " + sources + " >/dev/null"},
			Timeout: timeout,
			Reports: []string{semgrepReport, semgrepSnippets},
		},
		Read: func(results fs.FS) (Found, error) { return readSemgrep(results, strings.TrimSuffix(sources, "/")+"/") },
		Why:  semgrepErrors,
	}
}

type semgrepJSON struct {
	Version string
	Results []match
	Errors  []struct {
		Level, Type, Message, Path string
	}
	Paths struct{ Scanned []string }
}

type match struct {
	CheckID string `json:"check_id"`
	Path    string
	Start   struct{ Line, Col int }
	Extra   struct {
		Message  string
		Severity string
		Metadata map[string]any
	}
}

func readSemgrep(results fs.FS, below string) (Found, error) {
	var report semgrepJSON
	if err := decode(results, semgrepReport, &report); err != nil {
		return Found{}, err
	}
	if !strings.HasPrefix(report.Version, "1.") || report.Results == nil {
		return Found{}, errVersion
	}
	snippets, err := readSnippets(results)
	if err != nil {
		return Found{}, err
	}
	found := Found{Tool: finding.Tool{Name: step.SemgrepStep, Version: report.Version}}
	if len(report.Paths.Scanned) == 0 {
		return Found{}, fmt.Errorf("it read no file: %s is empty, or [scan] excludes all of it", below)
	}
	for _, e := range report.Errors {
		at := strings.TrimPrefix(e.Path, below)
		if e.Type != "PartialParsing" {
			return Found{}, fmt.Errorf("%s in %s: %s\nfix the file, or add it to exclude in [scan]", strings.ToLower(e.Type), at, finding.Normal(e.Message))
		}
		found.Notes = append(found.Notes, "semgrep could read only a part of "+at)
	}
	for _, m := range report.Results {
		snippet, known := snippets[m.key()]
		if !known {
			return Found{}, fmt.Errorf("its reports %s and %s differ: %s is only in the first", semgrepReport, semgrepSnippets, m.key())
		}
		found.Findings = append(found.Findings, m.finding(strings.TrimPrefix(m.Path, below), snippet))
	}
	return found, nil
}

// semgrepErrors are the errors that end a scan: Semgrep writes them only to its report.
func semgrepErrors(results fs.FS) string {
	var report semgrepJSON
	if err := decode(results, semgrepReport, &report); err != nil {
		return err.Error()
	}
	var all []string
	for _, e := range report.Errors {
		all = append(all, finding.Normal(e.Message))
	}
	return strings.Join(all, "; ")
}

func (m match) key() string {
	return fmt.Sprintf("%s at %s:%d:%d", m.CheckID, m.Path, m.Start.Line, m.Start.Col)
}

var text = regexp.MustCompile("(?s)\"[^\"]*\"|'[^']*'|`[^`]*`")

func (m match) finding(path, snippet string) finding.Finding {
	message, fix, _ := strings.Cut(finding.Normal(m.Extra.Message), " Instead: ") // the rules of this module have this form
	title, why, _ := strings.Cut(message, ". ")
	f := finding.Finding{
		Kind: finding.Code, Tools: []string{step.SemgrepStep}, Rule: m.CheckID, Severity: semgrepSeverity(m.Extra.Severity),
		Title: strings.TrimSuffix(title, "."), Why: why, Fix: fix, Anchor: snippet, Link: m.list("references", ""),
		Places: []finding.Place{{Path: path, Line: m.Start.Line}},
	}
	if slices.ContainsFunc([]string{"CWE-798", "CWE-321", "CWE-259"}, func(cwe string) bool { return m.list("cwe", cwe) != "" }) {
		f.Kind, f.Anchor = finding.Secret, text.ReplaceAllString(snippet, redacted)
	}
	return f
}

// list is the first entry with this prefix below a key of a rule's metadata, which is a text or a list of texts.
func (m match) list(key, prefix string) string {
	entries, ok := m.Extra.Metadata[key].([]any)
	if !ok {
		entries = []any{m.Extra.Metadata[key]}
	}
	for _, e := range entries {
		if s, ok := e.(string); ok && strings.HasPrefix(s, prefix) && (prefix == "" || len(s) == len(prefix) || s[len(prefix)] == ':') {
			return s
		}
	}
	return ""
}

func semgrepSeverity(name string) finding.Severity {
	switch name {
	case "ERROR":
		return finding.High
	case "WARNING":
		return finding.Medium
	case "INFO", "INVENTORY", "EXPERIMENT":
		return finding.Low
	}
	s, err := finding.ParseSeverity(name)
	if err != nil {
		return finding.High // an unknown severity must not pass
	}
	return s
}
