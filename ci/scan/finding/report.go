package finding

import (
	"encoding/json"
	"fmt"
	"time"
)

// ReportVersion grows when a reader of an older report would misread a new one.
const ReportVersion = 1

// A Report has the findings of scanners, with the decisions of a policy on a day.
type Report struct {
	Version   int       `json:"version"`
	Name      string    `json:"name"` // of the scanner, or scan for all
	At        time.Time `json:"at"`
	Threshold Severity  `json:"threshold"`
	Tools     []Tool    `json:"tools"`
	Database  *Database `json:"vulnerability_database,omitempty"` // nil when no scanner used one
	NotRun    []string  `json:"not_run,omitempty"`                // scanners that failed, and why
	Notes     []string  `json:"notes,omitempty"`
	Findings  []Judged  `json:"findings"`
	Idle      []Waiver  `json:"idle_waivers,omitempty"` // that match no finding, when all scanners ran
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

// Apply is the report with the policy's decisions on a list, on the report's day.
func (r Report) Apply(p Policy, list []Finding) Report {
	r.Version, r.Threshold, r.Findings = ReportVersion, p.Threshold, p.Judge(list, r.At)
	return r
}

// Of are the findings with one status.
func (r Report) Of(s Status) []Judged {
	var list []Judged
	for _, j := range r.Findings {
		if j.Status == s {
			list = append(list, j)
		}
	}
	return list
}

// Passed is whether no finding fails, and every scanner ran.
func (r Report) Passed() bool { return len(r.Of(Fails)) == 0 && len(r.NotRun) == 0 }

// Because is the waiver's part in the decision; empty without a waiver.
func (j Judged) Because() string {
	if j.Waiver == nil {
		return ""
	}
	day := j.Waiver.Expires.Format(time.DateOnly)
	if j.Status == Fails {
		return fmt.Sprintf("%s expired on %s: %s has to fix the finding or renew the waiver", j.Waiver, day, j.Waiver.Owner)
	}
	return fmt.Sprintf("until %s by %s: %s", day, j.Waiver.Owner, j.Waiver.Reason)
}

// JSON is the report for programs.
func (r Report) JSON() string {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		panic(err) // text and numbers can always be written
	}
	return string(text) + "\n"
}
