package finding

import (
	"encoding/json"
	"fmt"
	"time"
)

// ReportVersion grows when a reader of an older report would misread a new one.
const ReportVersion = 1

// A Report is what scanners found, after a policy was applied on a day.
type Report struct {
	Version   int       `json:"version"`
	Name      string    `json:"name"` // of the step, or scan for all of them
	At        time.Time `json:"at"`
	Threshold Severity  `json:"threshold"`
	Tools     []Tool    `json:"tools"`
	Database  *Database `json:"vulnerability_database,omitempty"` // nil when none was asked
	NotRun    []string  `json:"not_run,omitempty"`                // scanners that did not do their work, and why
	Notes     []string  `json:"notes,omitempty"`
	Findings  []Judged  `json:"findings"`
	Idle      []Waiver  `json:"idle_waivers,omitempty"` // that match nothing, told when all scanners ran
}

// A Tool is one that ran.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`
}

func (t Tool) String() string {
	if t.Version == "" {
		return t.Name
	}
	return t.Name + " " + t.Version
}

// Apply fills in what the policy says of a list on the report's day.
func (r Report) Apply(p Policy, list []Finding) Report {
	r.Version, r.Threshold, r.Findings = ReportVersion, p.Threshold, p.Judge(list, r.At)
	return r
}

// Of are the findings of one status.
func (r Report) Of(s Status) []Judged {
	var list []Judged
	for _, j := range r.Findings {
		if j.Status == s {
			list = append(list, j)
		}
	}
	return list
}

// Passed says whether nothing fails, and every scanner ran.
func (r Report) Passed() bool { return len(r.Of(Fails)) == 0 && len(r.NotRun) == 0 }

// Because is what a waiver has to do with it: one that is over names its owner.
func (j Judged) Because() string {
	if j.Waiver == nil {
		return ""
	}
	day := j.Waiver.Expires.Format(time.DateOnly)
	if j.Status == Fails {
		return fmt.Sprintf("%s expired on %s: %s has to mend it or renew it", j.Waiver, day, j.Waiver.Owner)
	}
	return fmt.Sprintf("until %s by %s: %s", day, j.Waiver.Owner, j.Waiver.Reason)
}

// JSON is the report for programs.
func (r Report) JSON() string {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		panic(err) // it is text and numbers
	}
	return string(text) + "\n"
}
