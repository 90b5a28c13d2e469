package migration

import (
	"fmt"
	"slices"
	"strings"
)

// Waive lets pass what the files waive with a reason. A waiver that gives none, or that waives nothing, is a
// finding itself.
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
			found = append(found, w.wrong(f)...)
		}
	}
	return found
}

// waivable are the findings that are somebody's judgement; the others are facts.
func waivable(f Finding) bool {
	return f.Check == "lint" && f.Rules[0] != "syntax-error" || slices.ContainsFunc(f.Rules, func(rule string) bool {
		return rule == UnprovedData || rule == BlocksLong || rule == BlocksHard
	})
}

// forSquawkAlone: who runs squawk by hand needs it. Here the file's own directive says the same, with its reason.
func (w *waiver) forSquawkAlone(f File) bool {
	return len(w.rules) > 0 && !slices.ContainsFunc(w.rules, func(rule string) bool { return !contradicted(f, rule) })
}

func (w *waiver) wrong(f File) []Finding {
	found := Finding{Check: "lint", File: f.Name, Line: w.line}
	of := strings.Join(w.rules, ", ")
	if of == "" {
		of = "everything"
	}
	switch {
	case !w.used:
		found.Rules, found.What = []string{IdleWaiver}, fmt.Sprintf("The waiver of %s waives nothing", of)
	case w.reason == "":
		found.Rules, found.What = []string{BareWaiver}, fmt.Sprintf("The waiver of %s gives no reason", of)
	default:
		return nil
	}
	return []Finding{found.Advised()}
}
