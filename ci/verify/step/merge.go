package step

import (
	"cmp"
	"fmt"
	"slices"
)

// A Part is one part of a step that runs in several, with its verdict.
type Part struct {
	Name string
	Verdict
}

// Merge makes one verdict of those of parts that ran side by side. Each reason, note and detail begins with the name
// of its part.
func Merge(name string, parts []Part) Verdict {
	v := Verdict{Version: VerdictVersion, Step: name, Status: Passed}
	for i, p := range parts {
		for _, reason := range p.Reasons {
			v.Fail("%s: %s", p.Name, reason)
		}
		for _, note := range p.Notes {
			v.Note("%s: %s", p.Name, note)
		}
		if p.Details != "" {
			v.Details += fmt.Sprintf("%s:\n%s\n", p.Name, p.Details)
		}
		v.Commands = append(v.Commands, p.Commands...)
		v.Changed = append(v.Changed, p.Changed...)
		v.Seconds = max(v.Seconds, p.Seconds)
		if i == 0 || p.Started.Before(v.Started) {
			v.Started = p.Started
		}
		v.Tests = v.Tests.plus(p.Tests)
	}
	slices.Sort(v.Changed)
	v.Changed = slices.Compact(v.Changed)
	return v
}

// plus is the sum of both counts, where nil counts nothing.
func (t *Tests) plus(other *Tests) *Tests {
	if t == nil || other == nil {
		return cmp.Or(t, other)
	}
	return &Tests{Total: t.Total + other.Total, Skipped: t.Skipped + other.Skipped, Failed: slices.Concat(t.Failed, other.Failed)}
}
