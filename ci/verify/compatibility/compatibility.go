// Package compatibility says whether a new image can be rolled back.
//
// Each image carries a suite that asks whether it does its work. The previous image is tried with its suite on
// the schema that the new one leaves: so it is during a roll, and after a rollback, which runs no migration.
// The new image is tried on the schema of the previous one: there it must work, or say that it is not ready, so
// that a machine that starts too early is given no requests.
package compatibility

import (
	"encoding/json"
	"time"
)

// Version grows when a reader of an older compatibility.json would misread a new one.
const Version = 1

// Label names, in an image, the command of its suite. It finds the app at $APP_URL.
const Label = "pipeline.smoke"

// NotReady is the code of a suite whose app says that it is not ready, or does not come up: a temporary
// failure, by sysexits.h.
const NotReady = 75

// A Report is what was found. Its JSON is compatibility.json.
type Report struct {
	Version       int      `json:"version"`
	Checked       bool     `json:"checked"`
	FirstRelease  bool     `json:"first_release"`
	RollbackSafe  *bool    `json:"rollback_safe"` // null when it was not checked, or there is nothing to go back to
	New           Image    `json:"new"`
	Previous      *Image   `json:"previous"` // null when there is none, or it is not known
	PreviousOnNew *Trial   `json:"previous_on_new_schema"`
	NewOnPrevious *Trial   `json:"new_on_previous_schema"`
	Reasons       []string `json:"reasons"` // why the gate is closed; empty when it is open
	Notes         []string `json:"notes"`
}

// An Image is one of the two.
type Image struct {
	Name       string   `json:"image"` // by digest, or the tag that it will be published by
	From       string   `json:"from"`  // who says that it is the one
	Suite      string   `json:"suite"`
	Migrations []string `json:"migrations"` // files that it ships; null when nobody knows
}

// Result is how a trial ended.
type Result string

// A trial ends in one of three ways, or cannot begin.
const (
	Passed  Result = "passed"
	Waits   Result = "not ready" // the app says so itself, and is given no requests
	Failed  Result = "failed"
	NoTrial Result = "not tried" // the other image brought no schema
)

// A Trial is one image with its suite on the schema of the other.
type Trial struct {
	Result  Result    `json:"result"`
	Why     string    `json:"why,omitempty"`
	Last    []string  `json:"last_lines,omitempty"`
	Started time.Time `json:"started"`
	Seconds float64   `json:"seconds"`
}

// JSON is the text of compatibility.json.
func (r Report) JSON() string {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		panic(err) // it is text and numbers
	}
	return string(text) + "\n"
}
