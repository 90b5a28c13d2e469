package migration

import (
	"fmt"
	"slices"
	"strings"
)

// Waive marks the findings that a comment in the files waives. A waiver without a reason is a finding itself, and so is one
// that waives nothing.
func Waive(files []File, found []Finding) []Finding {
	for _, f := range files {
		for _, w := range f.waivers() {
			if !f.Linted || w.forSquawkAlone(f) {
				continue
			}
			for i := range found {
				if found[i].File == f.Name && waivable(found[i]) && w.covers(f, found[i]) {
					w.used = true
					found[i].Waived = w.reason
				}
			}
			found = append(found, w.findings(f)...)
		}
	}
	return found
}

// waivable reports whether a finding is a judgement, not a fact.
func waivable(f Finding) bool {
	return f.Check == "lint" && f.Rules[0] != "syntax-error" || slices.ContainsFunc(f.Rules, func(rule string) bool {
		return rule == UnprovedData || rule == BlocksLong || rule == BlocksHard
	})
}

// forSquawkAlone reports whether a waiver is needed only where squawk runs by itself: in a file that asks for no transaction,
// FromSquawk drops the findings of these rules.
func (w *waiver) forSquawkAlone(f File) bool {
	return len(w.rules) > 0 && !slices.ContainsFunc(w.rules, func(rule string) bool { return !contradicted(f, rule) })
}

// findings returns the finding about the waiver itself, if there is one.
func (w *waiver) findings(f File) []Finding {
	found := Finding{Check: "lint", File: f.Name, Line: w.line}
	of := strings.Join(w.rules, ", ")
	if of == "" {
		of = "everything"
	}
	switch {
	case !w.used:
		found.Rules, found.What = []string{IdleWaiver}, fmt.Sprintf("The waiver of %s waives nothing", of)
	case w.reason == "":
		found.Rules, found.What = []string{BareWaiver}, fmt.Sprintf("The waiver of %s has no reason", of)
	default:
		return nil
	}
	return []Finding{found.Advised()}
}
