package step

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
)

// A Row is one step in the table of ci.
type Row struct {
	Name    string
	Status  Status
	Allowed bool     // ci passes although the step is not checked
	Seconds float64  // of the run that made the result
	Cached  *bool    // whether that was an earlier run; nil when it is not known
	Changed []string // what changed since the last run, when the step ran
	Call    string   // the command that runs the step by itself
	Report  string   // why it did not pass
	Notes   []string // shown although the step passed
	Waited  float64  // seconds from the start of all steps to the end of this one, with all that it waited for
}

// A Table is the result of all steps together.
type Table []Row

// Bad are the steps that did not pass, in order. A change passes when there are none.
func (t Table) Bad() Table {
	var bad Table
	for _, r := range t {
		if r.Status != Passed && !r.Allowed {
			bad = append(bad, r)
		}
	}
	return bad
}

// unchecked are the steps that are not checked, and do not fail ci for that.
func (t Table) unchecked() Table {
	return slices.DeleteFunc(slices.Clone(t), func(r Row) bool { return r.Status != NotChecked || !r.Allowed })
}

// Took names the time of all steps and the slowest step: steps run side by side, so that step alone decides the time.
func (t Table) Took(seconds float64) string {
	if len(t) == 0 {
		return ""
	}
	slowest := slices.MaxFunc(t, func(x, y Row) int { return cmp.Compare(x.Waited, y.Waited) })
	return fmt.Sprintf("%.1f s; the slowest step was %s (%.1f s)\n", seconds, slowest.Name, slowest.Waited)
}

// String is the table of all steps, then the report of each that did not pass.
func (t Table) String() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "step\tresult\tseconds\tcached\tto reproduce")
	for _, r := range t {
		fmt.Fprintf(w, "%s\t%s\t%.1f\t%s\t%s\n", r.Name, r.shown(), r.Seconds, r.cached(), r.Call)
	}
	_ = w.Flush() // writing to memory never fails
	for _, note := range t.notes() {
		fmt.Fprintf(&b, "note: %s\n", note)
	}
	bad, unchecked := t.Bad(), t.unchecked()
	for _, r := range append(unchecked, bad...) {
		fmt.Fprintf(&b, "\n── %s\n%s\n", r.Name, strings.TrimRight(r.Report, "\n"))
	}
	fmt.Fprintf(&b, "\n%s\n", t.summary(bad, unchecked))
	return b.String()
}

func (t Table) summary(bad, unchecked Table) string {
	names := strings.Join(bad.names(), ", ")
	switch {
	case len(bad) == 0 && len(unchecked) > 0:
		return fmt.Sprintf("%d of %d steps passed; NOT CHECKED: %s", len(t)-len(unchecked), len(t), strings.Join(unchecked.names(), ", "))
	case len(bad) == 0 && len(t) == 1:
		return "the one step passed"
	case len(bad) == 0:
		return fmt.Sprintf("all %d steps passed", len(t))
	case len(t) == 1:
		return "the one step did not pass: " + names
	}
	return fmt.Sprintf("%d of %d steps did not pass: %s", len(bad), len(t), names)
}

// notes are the notes of all steps, each once.
func (t Table) notes() []string {
	var notes []string
	for _, r := range t {
		for _, note := range r.Notes {
			if !slices.Contains(notes, note) {
				notes = append(notes, note)
			}
		}
	}
	return notes
}

func (t Table) names() []string {
	names := make([]string, len(t))
	for i, r := range t {
		names[i] = r.Name
	}
	return names
}

// shown is the status as the table has it: nobody may overlook a step that is not checked.
func (r Row) shown() string {
	if r.Status == NotChecked {
		return strings.ToUpper(string(r.Status))
	}
	return string(r.Status)
}

// cached is yes, or no with the reason why the step ran.
func (r Row) cached() string {
	switch {
	case r.Cached == nil:
		return "-"
	case *r.Cached:
		return "yes"
	case len(r.Changed) == 0:
		return "no"
	case len(r.Changed) == 1:
		return "no: " + sentence(r.Changed[0])
	}
	return fmt.Sprintf("no: %s and %d more", sentence(r.Changed[0]), len(r.Changed)-1)
}
