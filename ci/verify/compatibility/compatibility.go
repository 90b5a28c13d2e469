// Package compatibility decides whether a release of the new image can be rolled back to the previous one.
//
// Each image has a suite of smoke tests. The previous image must pass its suite on the new image's schema: during a
// deploy and after a rollback, which runs no migration, it runs on that schema. On the previous image's schema the new
// image must pass its suite or report that it is not ready: a machine that starts too early then gets no requests.
package compatibility

import (
	"encoding/json"
	"time"
)

// Version grows when a reader of an older compatibility.json would misread a new one.
const Version = 1

// Label of an image has the command of its suite, which finds the app at $APP_URL.
const Label = "pipeline.smoke"

// NotReady is the exit code of a suite whose app is not ready or does not start: a temporary failure in sysexits.h.
const NotReady = 75

// A Report is the result of the check. Its JSON is compatibility.json.
type Report struct {
	Version       int      `json:"version"`
	Checked       bool     `json:"checked"`
	FirstRelease  bool     `json:"first_release"`
	RollbackSafe  *bool    `json:"rollback_safe"` // null when it could not be checked, and on a first release
	New           Image    `json:"new"`
	Previous      *Image   `json:"previous"` // null on a first release, and when it is unknown
	PreviousOnNew *Trial   `json:"previous_on_new_schema"`
	NewOnPrevious *Trial   `json:"new_on_previous_schema"`
	NotChecked    string   `json:"not_checked,omitempty"` // why nothing could be checked although nothing failed: there is no Fly
	Reasons       []string `json:"reasons"`               // why the check failed; empty when it passed
	Notes         []string `json:"notes"`
}

// An Image is the new or the previous image.
type Image struct {
	Name       string   `json:"image"` // with its digest, or the tag that it will be published under
	From       string   `json:"from"`  // the source of this name: a stage, --previous or the sources
	Suite      string   `json:"suite"`
	Migrations []string `json:"migrations"` // files in the image; null when they are unknown
}

// Result is the result of a trial.
type Result string

// The results of a trial.
const (
	Passed  Result = "passed"
	Waits   Result = "not ready" // by its own report: the app gets no requests
	Failed  Result = "failed"
	NoTrial Result = "not tried" // the other image left no schema to try on
)

// A Trial is a run of one image and its suite on the schema of the other image.
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
		panic(err) // text and numbers can always be written
	}
	return string(text) + "\n"
}
