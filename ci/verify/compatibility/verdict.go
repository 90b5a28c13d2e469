package compatibility

import (
	"encoding/json"
	"fmt"
	"io/fs"

	"github.com/renewa/pipeline/ci/verify/step"
)

// Paths: of the report and the trials' logs among the results, and of the folder that they are copied from.
const (
	File  = "compatibility.json"
	Logs  = "trials"
	Found = "/pipeline/found"
)

// Judge puts the report among a step's results into the step's verdict.
func (s Settings) Judge(results fs.FS, v *step.Verdict) error {
	text, err := fs.ReadFile(results, File)
	if err != nil {
		return fmt.Errorf("the compatibility report cannot be read: %w", err)
	}
	var r Report
	if err := json.Unmarshal(text, &r); err != nil {
		return fmt.Errorf("%s cannot be read: %w", File, err)
	}
	if r.Version != Version {
		return fmt.Errorf("%s has version %d, not %d", File, r.Version, Version)
	}
	for _, reason := range r.Reasons {
		v.Fail("%s", reason)
	}
	if r.NotChecked != "" {
		v.LeaveUnchecked(s.WithoutFly, r.NotChecked)
	}
	for _, note := range r.Notes {
		v.Note("%s", note)
	}
	v.Headline = r.headline(v.Step)
	v.Details = r.String()
	r.clock(v)
	return nil
}

// headline replaces "passed" of a first release, and "failed" of images that could not be tried.
func (r Report) headline(name string) string {
	switch {
	case r.FirstRelease && len(r.Reasons) == 0:
		return name + " skipped: first release"
	case r.NotChecked != "" && len(r.Reasons) == 0:
		return name + " not checked: no Fly"
	case !r.Checked && !r.FirstRelease:
		return name + " could not be checked (counts as failed)"
	}
	return ""
}

// clock puts the time of the trials into the verdict: the step itself only copies their results.
func (r Report) clock(v *step.Verdict) {
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
