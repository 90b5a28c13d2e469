// Package gate makes of many steps' results one answer with reasons.
package gate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
)

// Result is how a step ended.
type Result string

// A step that could not run, for want of an image or a network, says nothing about the sources.
const (
	Passed Result = "passed"
	Failed Result = "failed"
	NotRun Result = "not run"
)

// A Step is one part of the answer.
type Step struct {
	Name    string
	Result  Result
	Seconds float64  // that it took when it ran
	Cached  *bool    // whether that was an earlier time; nil when nobody knows
	Changed []string // what it depends on and was not so the last time, when it ran
	Alone   string   // the command that runs it by itself
	Report  string   // why it did not pass
	Notes   []string // what its reader should know although it passed
	Waited  float64  // seconds from the beginning of all steps to its end, with what it waited for
}

// An Answer is what the steps say together.
type Answer []Step

// Bad are the steps that keep the gate shut, in order.
func (a Answer) Bad() Answer {
	var bad Answer
	for _, s := range a {
		if s.Result != Passed {
			bad = append(bad, s)
		}
	}
	return bad
}

// Took says how long all of it took, and which step the others waited for. Steps that do not depend on each
// other run side by side, so both times are about the same.
func (a Answer) Took(seconds float64) string {
	if len(a) == 0 {
		return ""
	}
	longest := slices.MaxFunc(a, func(x, y Step) int { return cmp.Compare(x.Waited, y.Waited) })
	return fmt.Sprintf("%.1f s in all, %.1f s until %s was there\n", seconds, longest.Waited, longest.Name)
}

// String is the table of all steps, then the report of each that did not pass.
func (a Answer) String() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "step\tresult\tseconds\tcached\tto reproduce")
	for _, s := range a {
		fmt.Fprintf(w, "%s\t%s\t%.1f\t%s\t%s\n", s.Name, s.Result, s.Seconds, s.cached(), s.Alone)
	}
	_ = w.Flush() // memory takes all that is written
	for _, note := range a.notes() {
		fmt.Fprintf(&b, "note: %s\n", note)
	}
	bad := a.Bad()
	for _, s := range bad {
		fmt.Fprintf(&b, "\n── %s\n%s\n", s.Name, strings.TrimRight(s.Report, "\n"))
	}
	switch {
	case len(bad) == 0:
		fmt.Fprintf(&b, "\nall %d steps passed\n", len(a))
	default:
		fmt.Fprintf(&b, "\n%d of %d steps did not pass: %s\n", len(bad), len(a), strings.Join(bad.names(), ", "))
	}
	return b.String()
}

// notes are those of all steps, each once, however many steps have it.
func (a Answer) notes() []string {
	var notes []string
	for _, s := range a {
		for _, note := range s.Notes {
			if !slices.Contains(notes, note) {
				notes = append(notes, note)
			}
		}
	}
	return notes
}

func (a Answer) names() []string {
	names := make([]string, len(a))
	for i, s := range a {
		names[i] = s.Name
	}
	return names
}

func (s Step) cached() string {
	switch {
	case s.Cached == nil:
		return "-"
	case *s.Cached:
		return "yes"
	case len(s.Changed) == 0:
		return "no"
	case len(s.Changed) == 1:
		return "no: " + s.Changed[0]
	}
	return fmt.Sprintf("no: %s and %d more", s.Changed[0], len(s.Changed)-1)
}
