package compatibility

import (
	"encoding/json"
	"fmt"
	"io/fs"

	"github.com/renewa/pipeline/ci/verify/check"
)

// Where things are: the report and the folder of the trials' logs among the results, and what was found in the
// container that keeps it.
const (
	File  = "compatibility.json"
	Logs  = "trials"
	Found = "/pipeline/found"
)

// Judge makes of a step's verdict that of the report among its results.
func Judge(results fs.FS, v *check.Verdict) error {
	text, err := fs.ReadFile(results, File)
	if err != nil {
		return fmt.Errorf("read the report of compatibility: %w", err)
	}
	var r Report
	if err := json.Unmarshal(text, &r); err != nil {
		return fmt.Errorf("read %s: %w", File, err)
	}
	if r.Version != Version {
		return fmt.Errorf("read %s: it is of version %d, not %d", File, r.Version, Version)
	}
	for _, reason := range r.Reasons {
		v.Fail("%s", reason)
	}
	for _, note := range r.Notes {
		v.Note("%s", note)
	}
	v.Details = r.String()
	r.clock(v)
	return nil
}

// clock: the trials are what took time, and when they began tells whether they were cached.
func (r Report) clock(v *check.Verdict) {
	for i, t := range []*Trial{r.PreviousOnNew, r.NewOnPrevious} {
		if t == nil {
			return
		}
		if i == 0 || t.Started.Before(v.Started) {
			v.Started = t.Started
		}
		v.Seconds = max(v.Seconds, t.Seconds)
	}
}
