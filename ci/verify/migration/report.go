// Package migration holds the parts of a trial of an app's migrations that the functions share with the migrations program:
// its command line, its findings and its report.
package migration

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// ReportVersion grows when a program that knows older reports would misread a new one.
const ReportVersion = 1

// ReportFile is the name of the report among a trial's results.
const ReportFile = "migrations.json"

// Status is the outcome of a check.
type Status string

// A check is skipped when it needs the outcome of another one that failed; its Says has the reason.
const (
	Passed  Status = "passed"
	Failed  Status = "failed"
	Skipped Status = "skipped"
)

// A Report is the outcome of a trial.
type Report struct {
	Version  int       `json:"version"`
	Newest   string    `json:"newest"` // the version of the last migration
	Rows     int       `json:"rows"`   // in every table, when locks were measured
	Checks   []Check   `json:"checks"`
	Findings []Finding `json:"findings"`
	Locks    []Lock    `json:"locks"`
}

// A Check is the outcome of one check.
type Check struct {
	Name    string  `json:"name"`
	Status  Status  `json:"status"`
	Seconds float64 `json:"seconds"`
	Says    string  `json:"says"` // a summary, or the reason why the check was skipped
}

// Read reads the report among a trial's results.
func Read(results fs.FS) (Report, error) {
	text, err := fs.ReadFile(results, ReportFile)
	if errors.Is(err, fs.ErrNotExist) {
		return Report{}, errors.New("the migrations program wrote no " + ReportFile)
	} else if err != nil {
		return Report{}, err
	}
	var r Report
	if err := json.Unmarshal(text, &r); err != nil {
		return r, fmt.Errorf("%s cannot be read: %w", ReportFile, err)
	}
	if r.Version != ReportVersion {
		return r, fmt.Errorf("%s has version %d; this module reads version %d", ReportFile, r.Version, ReportVersion)
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

// Settle sorts the findings and fails every check with a finding that is not waived.
func (r Report) Settle() Report {
	sortFindings(r.Findings)
	for i, c := range r.Checks {
		if len(r.open(c.Name)) > 0 {
			r.Checks[i].Status = Failed
		}
	}
	return r
}

// Reasons lists the failed checks, each with the number of its findings.
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

// open returns the findings of a check that are not waived.
func (r Report) open(check string) []Finding {
	var open []Finding
	for _, f := range r.Findings {
		if f.Check == check && f.Waived == "" {
			open = append(open, f)
		}
	}
	return open
}
