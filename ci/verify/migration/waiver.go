package migration

import (
	"regexp"
	"slices"
	"strings"
)

// A waiver is a comment that lets findings of its rules pass, on the statement after it or on its own line.
type waiver struct {
	line   int
	rules  []string // none is every rule
	reason string
	whole  bool // it is for the whole file
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
		// Atlas takes a comment with an empty line below it, before everything else, for the file's own.
		if m[2] == "atlas:nolint" && i+1 < len(lines) && strings.TrimSpace(lines[i+1]) == "" && f.statement(i+1) <= 0 {
			w.whole = true
		}
		list = append(list, w)
	}
	return list
}

// comment is the text of the comment that ends on the last of these lines, and is no directive.
func comment(lines []string) string {
	var said []string
	for _, line := range slices.Backward(lines) {
		text, is := strings.CutPrefix(strings.TrimSpace(line), "--")
		if !is || waiverLine.MatchString(line) || strings.HasPrefix(strings.TrimSpace(text), "atlas:") {
			break
		}
		said = append(said, strings.TrimSpace(text))
	}
	slices.Reverse(said)
	return strings.Join(said, " ")
}

func (w *waiver) covers(f File, found Finding) bool {
	if found.Line == 0 || !w.whole && f.statement(w.line) != f.statement(found.Line) {
		return false
	}
	return len(w.rules) == 0 || slices.ContainsFunc(w.rules, func(rule string) bool {
		return slices.Contains(found.Rules, rule) || analyzers[rule] != "" && slices.ContainsFunc(found.Rules, func(r string) bool { return strings.HasPrefix(r, analyzers[rule]) })
	})
}

// analyzers are the names that Atlas has for all rules of a kind.
var analyzers = map[string]string{"destructive": "DS", "data_depend": "MF", "incompatible": "BC", "condrop": "CD"}
