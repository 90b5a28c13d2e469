package finding

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"
)

// A Waiver lets findings pass for a while: all that match everything it states.
type Waiver struct {
	Fingerprint string    `json:"fingerprint,omitempty"`
	Rule        string    `json:"rule,omitempty"`    // or an alias of it
	Path        string    `json:"path,omitempty"`    // a pattern, as in src/*.ts
	Package     string    `json:"package,omitempty"` // in every version
	Owner       string    `json:"owner"`
	Reason      string    `json:"reason"`
	Expires     time.Time `json:"expires"` // it is good on that day, and not on the next
	At          string    `json:"-"`       // where it is stated, for errors
}

// Matches says whether the finding is what the waiver is about.
func (w Waiver) Matches(f Finding) bool {
	return (w.Fingerprint == "" || w.names(f)) &&
		(w.Rule == "" || f.is(w.Rule)) &&
		(w.Package == "" || f.Package == w.Package) &&
		(w.Path == "" || w.covers(f.Places))
}

// names says whether its fingerprint is the finding's. A package's is known by any of its names; of what was
// merged otherwise, the one that tells it from its neighbours counts.
func (w Waiver) names(f Finding) bool {
	return w.Fingerprint == f.Fingerprint || f.Package != "" && slices.Contains(f.Others, w.Fingerprint)
}

// covers says that no place of the finding is outside of the waiver's path.
func (w Waiver) covers(places []Place) bool {
	for _, p := range places {
		if ok, err := path.Match(w.Path, p.Path); err != nil || !ok {
			return false
		}
	}
	return true
}

// Expired says whether its last day is over.
func (w Waiver) Expired(now time.Time) bool { return !now.Before(w.Expires.AddDate(0, 0, 1)) }

// String is what it is about.
func (w Waiver) String() string {
	var parts []string
	for _, part := range [][2]string{{"", w.Fingerprint}, {"", w.Rule}, {"package ", w.Package}, {"in ", w.Path}} {
		if part[1] != "" {
			parts = append(parts, part[0]+part[1])
		}
	}
	return fmt.Sprintf("the waiver of %s for %s (%s)", w.Owner, strings.Join(parts, " "), w.At)
}
