// Package scanner has the commands of each scanner, and reads their reports as findings.
package scanner

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/renewa/pipeline/ci/scan/finding"
	"github.com/renewa/pipeline/ci/verify/step"
)

// A Scanner is the step of one scanner: its commands, and the functions that read their reports.
type Scanner struct {
	step.Check
	Read func(results fs.FS) (Found, error)
	Why  func(results fs.FS) string // the reason in the reports for a command that failed; nil when the reason is in its output
}

// Found is the result of one scanner. Read returns an error when the scanner did not do its whole work: a missing report
// never counts as one without findings.
type Found struct {
	Tool     finding.Tool
	Findings []finding.Finding
	Database *finding.Database // nil when the scanner uses none
	Notes    []string          // files that were not scanned, for the report
}

// Found reads the results of a step that has ended. After a command that failed, the scanner counts as not run.
func (s Scanner) Found(results fs.FS, v step.Verdict) (Found, error) {
	for _, c := range v.Commands {
		if c.Code == nil || *c.Code != 0 {
			lines := c.Last
			switch {
			case c.Code == nil:
				lines = append(lines, "timeout in [scan] states how long a scanner may take")
			case s.Why != nil:
				lines = append(lines, s.Why(results))
			}
			return Found{}, fmt.Errorf("%s did not scan: %s%s", s.Name, strings.Join(v.Reasons, "; "), quoted(lines))
		}
	}
	if v.Status != step.Passed {
		return Found{}, fmt.Errorf("%s did not scan: %s", s.Name, strings.Join(v.Reasons, "; "))
	}
	found, err := s.Read(results)
	if err != nil {
		return Found{}, fmt.Errorf("%s did not scan: %w", s.Name, err)
	}
	found.Findings = finding.Seal(found.Findings)
	return found, nil
}

func quoted(lines []string) (text string) {
	for _, line := range lines {
		text += "\n  | " + line
	}
	return text
}

// decode reads a report that is one JSON value.
func decode(results fs.FS, name string, report any) error {
	data, err := fs.ReadFile(results, name)
	if err != nil {
		return fmt.Errorf("it wrote no report %s: %w", name, err)
	}
	if len(strings.TrimSpace(string(data))) == 0 {
		return fmt.Errorf("its report %s is empty", name)
	}
	if err := json.Unmarshal(data, report); err != nil {
		return fmt.Errorf("its report %s is broken or cut short: %w", name, err)
	}
	return nil
}

var errVersion = errors.New("its report has a format that this version of the module does not read: use another version of the module")
