// Package step decides whether a change passed: it runs the commands of a step by a script, reads their results as a
// verdict, puts the verdicts of all steps into one table, and describes a step for another machine.
package step

import (
	"encoding/json"
	"fmt"
	"time"
)

// VerdictVersion grows when a reader of an older verdict.json would misread a new one.
const VerdictVersion = 1

// Status is how a step ended.
type Status string

// A step that could not run, for want of an image or a network, has no verdict: the sources may be right or wrong.
const (
	Passed     Status = "passed"
	Failed     Status = "failed"
	NotRun     Status = "not run"
	NotChecked Status = "not checked" // the step ran, and could not see what it checks
)

// A Verdict is the result of one step. Its JSON lies beside the step's other results as verdict.json.
type Verdict struct {
	Version  int       `json:"version"`
	Step     string    `json:"check"`
	Status   Status    `json:"status"`
	Allowed  bool      `json:"allowed,omitempty"` // ci passes although the step is not checked: pipeline.toml states that
	Reasons  []string  `json:"reasons,omitempty"` // all of them, when the step failed or is not checked
	Commands []Command `json:"commands"`
	Tests    *Tests    `json:"tests,omitempty"` // nil when the step counts no tests
	Started  time.Time `json:"started"`
	Seconds  float64   `json:"seconds"`
	Notes    []string  `json:"notes,omitempty"`   // shown whether the step passed or failed
	Changed  []string  `json:"changed,omitempty"` // why the step ran: what changed since its last run
	Flags    string    `json:"flags,omitempty"`   // of the call, each with a space before it, to reproduce it
	Headline string    `json:"-"`                 // replaces the first line of the text, where "passed" or "failed" would mislead
	Details  string    `json:"-"`                 // a report of the step's own, appended to the text
}

// A Command is one command of a step, and how it ended.
type Command struct {
	Run  string   `json:"run"`
	Code *int     `json:"code"` // nil when the command was killed, or never started
	Last []string `json:"last_lines,omitempty"`

	Program string `json:"-"` // of this module, in place of its command line
}

// Fail makes the verdict a failure, for one more reason.
func (v *Verdict) Fail(format string, args ...any) {
	v.Status, v.Allowed = Failed, false
	v.Reasons = append(v.Reasons, fmt.Sprintf(format, args...))
}

// LeaveUnchecked makes the verdict "not checked", unless the step has failed. allowed is whether ci passes nevertheless.
func (v *Verdict) LeaveUnchecked(allowed bool, reason string) {
	if v.Status == Passed {
		v.Status, v.Allowed = NotChecked, allowed
	}
	v.Reasons = append(v.Reasons, reason)
}

// Fails reports whether a call that runs this step alone fails. A step that is not checked fails only ci.
func (v Verdict) Fails() bool { return v.Status != Passed && v.Status != NotChecked }

// Note adds a note that is shown whether the step passed or failed.
func (v *Verdict) Note(format string, args ...any) {
	v.Notes = append(v.Notes, fmt.Sprintf(format, args...))
}

// JSON is the text of verdict.json.
func (v Verdict) JSON() string {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		panic(err) // text and numbers can always be written
	}
	return string(text) + "\n"
}
