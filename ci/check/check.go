// Package check reads what one check left behind as a verdict.
package check

import (
	"encoding/json"
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
}

// A Command is one of the check's, and how it ended.
type Command struct {
	Run  string   `json:"run"`
	Code *int     `json:"code"` // nil when it was ended, or never began
	Last []string `json:"last_lines,omitempty"`
}

// JSON is the text of verdict.json.
func (v Verdict) JSON() string {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		panic(err) // it is text and numbers
	}
	return string(text) + "\n"
}
