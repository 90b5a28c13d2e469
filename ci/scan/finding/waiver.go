package finding

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"
)

// A Waiver is a scan.Waiver, as a report has it.
type Waiver struct {
	Fingerprint string    `json:"fingerprint,omitempty"`
	Rule        string    `json:"rule,omitempty"`    // or an alias of it
	Path        string    `json:"path,omitempty"`    // a pattern, as in src/*.ts
	Package     string    `json:"package,omitempty"` // in every version
	Owner       string    `json:"owner"`
	Reason      string    `json:"reason"`
	Expires     time.Time `json:"expires"` // the last day
	At          string    `json:"-"`       // file and line, for errors
}

// Matches is whether the waiver lets the finding pass.
func (w Waiver) Matches(f Finding) bool {
	return (w.Fingerprint == "" || w.names(f)) &&
		(w.Rule == "" || f.is(w.Rule)) &&
		(w.Package == "" || f.Package == w.Package) &&
		(w.Path == "" || w.covers(f.Places))
}

// names is whether the waiver's fingerprint is the finding's. A finding of a package has several; of other merged
// findings, only the first counts.
func (w Waiver) names(f Finding) bool {
	return w.Fingerprint == f.Fingerprint || f.Package != "" && slices.Contains(f.Others, w.Fingerprint)
}

// covers is whether the waiver's path matches every place of the finding.
func (w Waiver) covers(places []Place) bool {
	for _, p := range places {
		if ok, err := path.Match(w.Path, p.Path); err != nil || !ok {
			return false
		}
	}
	return true
}

// Expired is whether the last day is over.
func (w Waiver) Expired(now time.Time) bool { return !now.Before(w.Expires.AddDate(0, 0, 1)) }

// String names the owner, the findings and the place of the waiver.
func (w Waiver) String() string {
	var parts []string
	for _, part := range [][2]string{{"", w.Fingerprint}, {"", w.Rule}, {"package ", w.Package}, {"in ", w.Path}} {
		if part[1] != "" {
			parts = append(parts, part[0]+part[1])
		}
	}
	return fmt.Sprintf("the waiver of %s for %s (%s)", w.Owner, strings.Join(parts, " "), w.At)
}
