// Package check reads what one check left behind as a verdict.
package check

import (
	"encoding/json"
	"fmt"
	"time"
)

// VerdictVersion grows when a reader of an older verdict.json would misread a new one.
const VerdictVersion = 1

// Status is how a check ended.
type Status string

// A check that could not run has no verdict; whoever started it has an error.
const (
	Passed Status = "passed"
	Failed Status = "failed"
)

// A Verdict is one check's answer. Its JSON lies beside the results as verdict.json.
type Verdict struct {
	Version  int       `json:"version"`
	Check    string    `json:"check"`
	Status   Status    `json:"status"`
	Reasons  []string  `json:"reasons,omitempty"` // every one, when it failed
	Commands []Command `json:"commands"`
	Tests    *Tests    `json:"tests,omitempty"` // nil when it counts none
	Started  time.Time `json:"started"`
	Seconds  float64   `json:"seconds"`
	Notes    []string  `json:"notes,omitempty"`   // what its reader should know, passed or not
	Changed  []string  `json:"changed,omitempty"` // why it ran: what it depends on and was not so the last time
	Flags    string    `json:"flags,omitempty"`   // what the call said, with a space before it, for who repeats it
	Details  string    `json:"-"`                 // a report of its own, for a terminal
}

// A Command is one of the check's, and how it ended.
type Command struct {
	Run  string   `json:"run"`
	Code *int     `json:"code"` // nil when it was ended, or never began
	Last []string `json:"last_lines,omitempty"`
}

// Fail adds a reason why it did not pass.
func (v *Verdict) Fail(format string, args ...any) {
	v.Status = Failed
	v.Reasons = append(v.Reasons, fmt.Sprintf(format, args...))
}

// Note adds something that its reader should know.
func (v *Verdict) Note(format string, args ...any) {
	v.Notes = append(v.Notes, fmt.Sprintf(format, args...))
}

// JSON is the text of verdict.json.
func (v Verdict) JSON() string {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		panic(err) // it is text and numbers
	}
	return string(text) + "\n"
}
