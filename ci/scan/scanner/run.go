package scanner

import (
	"io/fs"
	"path"
	"slices"
	"time"

	"github.com/renewa/pipeline/ci/scan"
	"github.com/renewa/pipeline/ci/scan/finding"
	"github.com/renewa/pipeline/ci/verify/step"
)

// Selected returns the scanners to run, in the order of ci's table: those of only that have files to read, or all of
// them when only is empty. name is that of the report. Without a scanner to run, the error is a *step.NotStatedError.
func Selected(s *scan.Settings, name string, only []string) ([]string, error) {
	if s == nil {
		return nil, step.NoScan(name)
	}
	names := slices.DeleteFunc(s.Steps(), func(n string) bool { return len(only) > 0 && !slices.Contains(only, n) })
	if len(names) == 0 {
		return nil, step.NoLockfile(name)
	}
	return names, nil
}

// Scanned returns what a scanner found. A scanner that did not do its whole work, or whose database is older than the
// limit, did not run.
func (s Scanner) Scanned(results fs.FS, v step.Verdict, limit time.Duration, now time.Time) (Found, error) {
	found, err := s.Found(results, v)
	if err == nil {
		err = found.Fresh(limit, now)
	}
	if err != nil {
		return Found{}, step.NotRunError(s.Name, "", err)
	}
	return found, nil
}

// Judge makes the verdict of one scanner: it fails for each finding that the policy fails.
func Judge(name string, found Found, p finding.Policy, v *step.Verdict, now time.Time) {
	report := Report(name, []Found{found}, nil, p, now)
	for _, j := range report.Of(finding.Fails) {
		v.Fail("%s: %s", j.Subject(), j.Title)
	}
	for _, remark := range report.Remarks() {
		v.Note("%s", remark)
	}
	v.Details = report.String()
}

// An Outcome is what one scanner found, or why it did not run.
type Outcome struct {
	Found Found
	Err   error
}

// ReportOf returns the report of scanners that ran. When all of [scan] ran, the report names the waivers that match
// nothing.
func ReportOf(name string, outcomes []Outcome, all bool, p finding.Policy, now time.Time) finding.Report {
	var found []Found
	var missing []error
	for _, o := range outcomes {
		if o.Err != nil {
			missing = append(missing, o.Err)
		} else {
			found = append(found, o.Found)
		}
	}
	report := Report(name, found, missing, p, now)
	if all && len(missing) == 0 {
		report.Idle = p.Idle(report.Findings)
	}
	return report
}

// AskedAt returns the time up to which an answer about advisories counts as the same one, for a call at this time.
func AskedAt(now time.Time, every time.Duration) string {
	return now.UTC().Truncate(every).Format(time.RFC3339)
}

// NeedsBun reports whether an audit of these lockfiles runs bun.
func NeedsBun(lockfiles []string) bool {
	return slices.ContainsFunc(lockfiles, func(name string) bool { return path.Base(name) == "bun.lock" })
}

// ReadsInstalled reports whether Trivy reads the lockfiles where the toolbox installed their packages: a package's
// licence is in the package.
func ReadsInstalled(s scan.Settings, toolbox *step.Toolbox) bool {
	return len(s.Denied) > 0 && toolbox != nil && toolbox.Target != ""
}
