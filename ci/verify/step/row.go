package step

import (
	"fmt"
	"time"
)

// RowOf is the row of a step with a verdict. A step that started before the call asked for it did not run in this
// call: its result is the engine's cached one. Both times are of the engine's clock; a verdict has whole seconds.
func RowOf(v Verdict, asked time.Time) Row {
	cached := v.Started.Before(asked.Truncate(time.Second))
	r := Row{Name: v.Step, Status: v.Status, Allowed: v.Allowed, Seconds: v.Seconds, Cached: &cached, Call: Call(v.Step) + v.Flags}
	if !cached {
		r.Changed = v.Changed
	}
	switch {
	case v.Status == Passed:
		r.Notes = v.Notes
	case v.Status == NotChecked && v.Allowed:
		r.Report = v.String() + "ci does not fail for that: pipeline.toml has " + allowance(v.Step) + "\n"
	case v.Status == NotChecked:
		r.Report = v.String() + v.Step + " counts as failed in ci, unless pipeline.toml allows this: " + allowance(v.Step) + "\n"
	default:
		r.Report = v.String()
	}
	return r
}

// String is the row as a sentence, for a call that ran this step alone and passed.
func (r Row) String() string {
	text := fmt.Sprintf("%s %s in %.1f s", r.Name, r.Status, r.Seconds)
	if r.Cached != nil && *r.Cached {
		text += ": nothing changed since it was built"
	}
	return text
}

// allowance returns the line of pipeline.toml with which ci passes although a step is not checked.
func allowance(name string) string {
	s, _ := knownStep(name)
	return `without_fly = "pass" in [` + s.Table + `]`
}
