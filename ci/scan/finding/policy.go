package finding

import (
	"slices"
	"time"
)

// A Policy says which findings a change may have.
type Policy struct {
	Threshold     Severity // what is less bad is told, and passes
	UnfixedPasses bool     // what nobody can mend yet is told, and passes
	Waivers       []Waiver
	Baseline      Baseline // what was there before the rules were
}

// Status is what the policy says of a finding.
type Status string

// Only the first keeps the gate shut.
const (
	Fails  Status = "fails"
	Waived Status = "waived"
	Known  Status = "in the baseline"
	Below  Status = "below the threshold"
	NoFix  Status = "without a fix"
)

// A Judged finding knows what the policy says of it.
type Judged struct {
	Finding
	Status Status  `json:"status"`
	Waiver *Waiver `json:"waiver,omitempty"` // that lets it pass, or would if it had not expired
}

// Judge applies the policy on a day.
func (p Policy) Judge(list []Finding, now time.Time) []Judged {
	judged := make([]Judged, len(list))
	for i, f := range list {
		judged[i] = p.judge(f, now)
	}
	return judged
}

func (p Policy) judge(f Finding, now time.Time) Judged {
	j := Judged{Finding: f, Status: Fails, Waiver: p.waiver(f)}
	switch {
	case f.Severity < p.Threshold:
		j.Status, j.Waiver = Below, nil
	case f.Unfixed && p.UnfixedPasses:
		j.Status, j.Waiver = NoFix, nil
	case p.Baseline.Has(f):
		j.Status, j.Waiver = Known, nil
	case j.Waiver != nil && !j.Waiver.Expired(now):
		j.Status = Waived
	}
	return j
}

// waiver is the one of all that match which lasts longest.
func (p Policy) waiver(f Finding) *Waiver {
	var last *Waiver
	for _, w := range p.Waivers {
		if w.Matches(f) && (last == nil || w.Expires.After(last.Expires)) {
			last = &w
		}
	}
	return last
}

// Idle are the waivers that match nothing of what was found, and so may go.
func (p Policy) Idle(found []Judged) []Waiver {
	var idle []Waiver
	for _, w := range p.Waivers {
		if !slices.ContainsFunc(found, func(j Judged) bool { return w.Matches(j.Finding) }) {
			idle = append(idle, w)
		}
	}
	return idle
}
