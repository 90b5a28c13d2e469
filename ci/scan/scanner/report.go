package scanner

import (
	"slices"
	"time"

	"github.com/renewa/pipeline/ci/scan/finding"
)

// Report is the report of several scanners on a day: their findings, merged, and the errors of those that did not run.
func Report(name string, all []Found, missing []error, p finding.Policy, now time.Time) finding.Report {
	r := finding.Report{Name: name, At: now.UTC().Truncate(time.Second)}
	var lists [][]finding.Finding
	for _, f := range all {
		lists = append(lists, f.Findings)
		r.Notes = append(r.Notes, f.Notes...)
		if !slices.Contains(r.Tools, f.Tool) {
			r.Tools = append(r.Tools, f.Tool)
		}
		if f.Database != nil {
			r.Database = f.Database
		}
	}
	for _, err := range missing {
		r.NotRun = append(r.NotRun, err.Error())
	}
	return r.Apply(p, finding.Merge(lists...))
}

// Fresh is an error when the scanner's database is older than the limit.
func (f Found) Fresh(limit time.Duration, now time.Time) error {
	if f.Database == nil {
		return nil
	}
	return f.Database.TooOld(limit, now)
}
