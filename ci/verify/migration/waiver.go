package migration

import (
	"regexp"
	"slices"
	"strings"
)

// A waiver is a comment that waives findings of its rules, on the statement after it or on its own line.
type waiver struct {
	line   int
	rules  []string // empty is every rule
	reason string
	whole  bool // waives findings in the whole file
	used   bool
}

var waiverLine = regexp.MustCompile(`^(.*?)--\s*(squawk-ignore-file|squawk-ignore|atlas:nolint)\b(.*)$`)

func (f File) waivers() []*waiver {
	var list []*waiver
	lines := strings.Split(f.Text, "\n")
	for i, line := range lines {
		m := waiverLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		rules, reason, _ := strings.Cut(m[3], "--")
		w := &waiver{line: i + 1, reason: strings.TrimSpace(reason), whole: m[2] == "squawk-ignore-file"}
		w.rules = strings.FieldsFunc(rules, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })
		if w.reason == "" && i > 0 && strings.TrimSpace(m[1]) == "" {
			w.reason = comment(lines[:i])
		}
		// For Atlas, a comment before the first statement with an empty line below it concerns the whole file.
		if m[2] == "atlas:nolint" && i+1 < len(lines) && strings.TrimSpace(lines[i+1]) == "" && f.statement(i+1) <= 0 {
			w.whole = true
		}
		list = append(list, w)
	}
	return list
}

// comment returns the text of the comment that ends on the last line. A directive is no part of it.
func comment(lines []string) string {
	var parts []string
	for _, line := range slices.Backward(lines) {
		text, is := strings.CutPrefix(strings.TrimSpace(line), "--")
		if !is || waiverLine.MatchString(line) || strings.HasPrefix(strings.TrimSpace(text), "atlas:") {
			break
		}
		parts = append(parts, strings.TrimSpace(text))
	}
	slices.Reverse(parts)
	return strings.Join(parts, " ")
}

func (w *waiver) covers(f File, found Finding) bool {
	if found.Line == 0 || !w.whole && f.statement(w.line) != f.statement(found.Line) {
		return false
	}
	return len(w.rules) == 0 || slices.ContainsFunc(w.rules, func(rule string) bool {
		return slices.Contains(found.Rules, rule) || analyzers[rule] != "" && slices.ContainsFunc(found.Rules, func(r string) bool { return strings.HasPrefix(r, analyzers[rule]) })
	})
}

// analyzers maps the name of an Atlas analyzer to the prefix of its rules.
var analyzers = map[string]string{"destructive": "DS", "data_depend": "MF", "incompatible": "BC", "condrop": "CD"}
