package secret

import (
	"slices"
	"strings"
)

// A Kind is who gets a secret.
type Kind string

const (
	Pipeline Kind = "pipeline" // for this program alone, never sent anywhere
	Release  Kind = "release"  // for the release command, which migrates
	App      Kind = "app"      // for the app's machines
)

// Kinds lists every kind.
func Kinds() []Kind { return []Kind{Pipeline, Release, App} }

// A Requirement declares one secret by its name, or all those that begin with
// a prefix. A required prefix wants at least one.
type Requirement struct {
	Name, Prefix string // one of the two
	For          Kind
	Required     bool
}

// String is the name, or the prefix and a star.
func (r Requirement) String() string {
	if r.Prefix != "" {
		return r.Prefix + "*"
	}
	return r.Name
}

func (r Requirement) matches(name string) bool {
	if r.Prefix != "" {
		return strings.HasPrefix(name, r.Prefix)
	}
	return r.Name == name
}

// declaring finds the requirement of a name: the exact one, else
// the longest prefix. So DATABASE_URL_MIGRATION declared for the release stays
// out of the app's hands even beside a prefix DATABASE_ declared for the app.
func declaring(name string, reqs []Requirement) (Requirement, bool) {
	var found Requirement
	for _, r := range reqs {
		if r.matches(name) && (found == Requirement{} || r.Name == name || found.Name == "" && len(r.Prefix) > len(found.Prefix)) {
			found = r
		}
	}
	return found, found != Requirement{}
}

// For is the part of s that was declared for these kinds. What nobody declared
// is in no part, so it is never sent.
func (s Set) For(reqs []Requirement, kinds ...Kind) Set {
	return s.only(func(name string) bool { return Owns(reqs, name, kinds...) })
}

// Owns reports whether a name was declared for one of these kinds.
func Owns(reqs []Requirement, name string, kinds ...Kind) bool {
	r, ok := declaring(name, reqs)
	return ok && slices.Contains(kinds, r.For)
}

// Undeclared lists the names without a requirement, sorted.
func (s Set) Undeclared(reqs []Requirement) []string {
	return s.only(func(name string) bool {
		_, ok := declaring(name, reqs)
		return !ok
	}).Names()
}

// Check returns a *MissingError with everything that is required and absent,
// or empty, or nil.
func (s Set) Check(reqs []Requirement) error {
	missing := &MissingError{Undeclared: s.Undeclared(reqs)}
	for _, r := range reqs {
		if r.Required && !s.satisfies(r, reqs) {
			missing.Names = append(missing.Names, r.String())
		}
	}
	if len(missing.Names) == 0 {
		return nil
	}
	slices.Sort(missing.Names)
	missing.Names = slices.Compact(missing.Names)
	return missing
}

// satisfies reports whether one value of r is not empty: an
// empty secret is what a CI variable that does not exist expands to.
func (s Set) satisfies(r Requirement, reqs []Requirement) bool {
	for name, v := range s.values {
		if by, ok := declaring(name, reqs); ok && by == r && !v.IsEmpty() {
			return true
		}
	}
	return false
}
