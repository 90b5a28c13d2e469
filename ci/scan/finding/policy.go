package finding

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/renewa/pipeline/ci/scan"
)

// A Policy decides which findings a change may have.
type Policy struct {
	Threshold     Severity // less severe findings pass, and are reported
	UnfixedPasses bool     // findings without a fix pass, and are reported
	Waivers       []Waiver
	Baseline      Baseline // findings of an earlier day, which pass
}

// NewPolicy is the policy that [scan] states, without its baseline, which is a file of its own. The severity is one that
// pipeline.Parse has checked.
func NewPolicy(s scan.Settings) Policy {
	p := Policy{Threshold: Severity(slices.Index(scan.Severities, s.Threshold)), UnfixedPasses: s.Unfixed}
	for _, w := range s.Waivers {
		p.Waivers = append(p.Waivers, Waiver(w))
	}
	return p
}

// ReadPolicy is the policy that [scan] states, with its baseline. The function read returns a file of the repository; its
// error matches fs.ErrNotExist when there is no such file. A baseline that is being written may be missing.
func ReadPolicy(s scan.Settings, read func(name string) ([]byte, error), writing bool) (Policy, error) {
	p := NewPolicy(s)
	if s.Baseline == "" {
		return p, nil
	}
	text, err := read(s.Baseline)
	switch {
	case errors.Is(err, fs.ErrNotExist) && writing:
		return p, nil
	case errors.Is(err, fs.ErrNotExist):
		return p, fmt.Errorf("the baseline %s, which [scan] names, does not exist\nto create it: dagger call scanner baseline -o %[1]s", s.Baseline)
	case err != nil:
		return p, fmt.Errorf("the baseline %s cannot be read: %w", s.Baseline, err)
	}
	p.Baseline, err = ParseBaseline(s.Baseline, text)
	return p, err
}

// Status is the policy's decision on a finding.
type Status string

// A finding of the first status fails the scan; the others pass.
const (
	Fails  Status = "fails"
	Waived Status = "waived"
	Known  Status = "in the baseline"
	Below  Status = "below the threshold"
	NoFix  Status = "without a fix"
)

// A Judged finding has the policy's decision.
type Judged struct {
	Finding
	Status Status  `json:"status"`
	Waiver *Waiver `json:"waiver,omitempty"` // that lets the finding pass, or did until it expired
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

// waiver is the one with the latest last day of those that match.
func (p Policy) waiver(f Finding) *Waiver {
	var last *Waiver
	for _, w := range p.Waivers {
		if w.Matches(f) && (last == nil || w.Expires.After(last.Expires)) {
			last = &w
		}
	}
	return last
}

// Idle are the waivers that match no finding, and can be removed.
func (p Policy) Idle(found []Judged) []Waiver {
	var idle []Waiver
	for _, w := range p.Waivers {
		if !slices.ContainsFunc(found, func(j Judged) bool { return w.Matches(j.Finding) }) {
			idle = append(idle, w)
		}
	}
	return idle
}
