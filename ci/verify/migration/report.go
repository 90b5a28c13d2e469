// Package migration is what a trial of an app's migrations found.
package migration

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// ReportVersion grows when a reader of an older report would misread a new one.
const ReportVersion = 1

// ReportFile is where the report lies among a trial's results.
const ReportFile = "migrations.json"

// Status is how a check of a trial ended.
type Status string

// A check that needs what another did not bring about is skipped, and says so.
const (
	Passed  Status = "passed"
	Failed  Status = "failed"
	Skipped Status = "skipped"
)

// A Report is all that a trial found.
type Report struct {
	Version  int       `json:"version"`
	Newest   string    `json:"newest"` // the version that the files lead to
	Rows     int       `json:"rows"`   // in every table, when locks were measured
	Checks   []Check   `json:"checks"`
	Findings []Finding `json:"findings"`
	Locks    []Lock    `json:"locks"`
}

// A Check is one question that was asked.
type Check struct {
	Name    string  `json:"name"`
	Status  Status  `json:"status"`
	Seconds float64 `json:"seconds"`
	Says    string  `json:"says"` // what was done, or why it was not
}

// Read takes the report from a trial's results.
func Read(results fs.FS) (Report, error) {
	text, err := fs.ReadFile(results, ReportFile)
	if errors.Is(err, fs.ErrNotExist) {
		return Report{}, errors.New("the trial of the migrations left no " + ReportFile)
	} else if err != nil {
		return Report{}, err
	}
	var r Report
	if err := json.Unmarshal(text, &r); err != nil {
		return r, fmt.Errorf("read %s: %w", ReportFile, err)
	}
	if r.Version != ReportVersion {
		return r, fmt.Errorf("read %s: it is of version %d, and %d is known here", ReportFile, r.Version, ReportVersion)
	}
	return r, nil
}

// Write writes the report to a folder, as Read takes it.
func (r Report) Write(dir string) error {
	text, err := r.JSON()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, ReportFile), text, 0o644)
}

// JSON is the text of migrations.json.
func (r Report) JSON() ([]byte, error) {
	text, err := json.MarshalIndent(r, "", "  ")
	return append(text, '\n'), err
}

// Settle orders the findings and gives every check that has some that are not waived its status.
func (r Report) Settle() Report {
	sortFindings(r.Findings)
	for i, c := range r.Checks {
		if len(r.open(c.Name)) > 0 {
			r.Checks[i].Status = Failed
		}
	}
	return r
}

// Reasons are why the migrations do not pass, a line for each check.
func (r Report) Reasons() []string {
	var reasons []string
	for _, c := range r.Checks {
		switch n := len(r.open(c.Name)); {
		case c.Status == Failed && n == 1:
			reasons = append(reasons, c.Name+": 1 finding")
		case c.Status == Failed:
			reasons = append(reasons, fmt.Sprintf("%s: %d findings", c.Name, n))
		}
	}
	return reasons
}

// open are a check's findings that nobody waived.
func (r Report) open(check string) []Finding {
	var open []Finding
	for _, f := range r.Findings {
		if f.Check == check && f.Waived == "" {
			open = append(open, f)
		}
	}
	return open
}
