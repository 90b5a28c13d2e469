package check

import (
	"cmp"
	"fmt"
	"slices"
)

// A Part is the verdict of a part of a check, and the part's name.
type Part struct {
	Name string
	Verdict
}

// Merge makes one verdict of those of parts that ran side by side. What it says begins with the part's name.
func Merge(name string, parts []Part) Verdict {
	v := Verdict{Version: VerdictVersion, Check: name, Status: Passed}
	for i, p := range parts {
		for _, reason := range p.Reasons {
			v.Fail("%s: %s", p.Name, reason)
		}
		for _, note := range p.Notes {
			v.Notes = append(v.Notes, p.Name+": "+note)
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
		v.Tests = v.Tests.and(p.Tests)
	}
	slices.Sort(v.Changed)
	v.Changed = slices.Compact(v.Changed)
	return v
}

// and is the sum of both; nil counts nothing.
func (t *Tests) and(other *Tests) *Tests {
	if t == nil || other == nil {
		return cmp.Or(t, other)
	}
	return &Tests{Total: t.Total + other.Total, Skipped: t.Skipped + other.Skipped, Failed: slices.Concat(t.Failed, other.Failed)}
}
