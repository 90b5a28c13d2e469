// Package scanner runs scanners and reads their reports as findings.
package scanner

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/scan/finding"
	"github.com/renewa/pipeline/ci/verify/check"
)

// A Scanner is the step of one scanner: its commands, and what reads the reports they leave.
type Scanner struct {
	pipeline.Check
	Read func(results fs.FS) (Found, error)
	Why  func(results fs.FS) string // what its reports say of a command that failed; nil when its output says it all
}

// Found is what one scanner says. It is an error of Read when the scanner did not do its whole work: nothing
// found is said by a report that says so, never by one that is missing.
type Found struct {
	Tool     finding.Tool
	Findings []finding.Finding
	Database *finding.Database // nil when the scanner asks none
	Notes    []string          // what was not looked at, for who reads the report
}

// Found reads the results of a step that has ended. A command that failed is a scanner that did not run.
func (s Scanner) Found(results fs.FS, v check.Verdict) (Found, error) {
	for _, c := range v.Commands {
		if c.Code == nil || *c.Code != 0 {
			lines := c.Last
			switch {
			case c.Code == nil:
				lines = append(lines, "how long a scanner may take is stated by timeout in [scan]")
			case s.Why != nil:
				lines = append(lines, s.Why(results))
			}
			return Found{}, fmt.Errorf("%s did not do its work: %s%s", s.Name, strings.Join(v.Reasons, "; "), quoted(lines))
		}
	}
	if v.Status != check.Passed {
		return Found{}, fmt.Errorf("%s did not do its work: %s", s.Name, strings.Join(v.Reasons, "; "))
	}
	found, err := s.Read(results)
	if err != nil {
		return Found{}, fmt.Errorf("%s did not do its work: %w", s.Name, err)
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

// decode reads a report that must be one whole JSON value.
func decode(results fs.FS, name string, report any) error {
	data, err := fs.ReadFile(results, name)
	if err != nil {
		return fmt.Errorf("it left no report %s: %w", name, err)
	}
	if len(strings.TrimSpace(string(data))) == 0 {
		return fmt.Errorf("its report %s is empty", name)
	}
	if err := json.Unmarshal(data, report); err != nil {
		return fmt.Errorf("its report %s is broken or cut short: %w", name, err)
	}
	return nil
}

var errVersion = errors.New("its report is of a version that is not known here: the scanner's image was changed without this module")
