package secret

import (
	"slices"
	"strings"

	"github.com/renewa/pipeline/ci/config/spelling"
)

// A Kind names the recipient of a secret.
type Kind string

const (
	Pipeline Kind = "pipeline" // for the pipeline itself, never sent
	Build    Kind = "build"    // for the build of the image, never sent to Fly and in no layer
	Release  Kind = "release"  // for the release command, which migrates
	App      Kind = "app"      // for the app's machines
)

// Kinds returns every kind.
func Kinds() []Kind { return []Kind{Pipeline, Build, Release, App} }

// A Requirement declares one secret by name, or all secrets whose names begin with a prefix. A required prefix needs at
// least one secret.
type Requirement struct {
	Name, Prefix string // one of the two
	For          Kind
	Required     bool
}

// String returns the name, or the prefix and a star.
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

// requirementOf returns the requirement that declares a name, and whether there is one: the requirement with that name, or
// else the one with the longest prefix. So the app does not get DATABASE_URL_MIGRATION, declared for the release, even
// when the prefix DATABASE_ is declared for the app.
func requirementOf(name string, reqs []Requirement) (Requirement, bool) {
	var found Requirement
	for _, r := range reqs {
		if r.matches(name) && (found == Requirement{} || r.Name == name || found.Name == "" && len(r.Prefix) > len(found.Prefix)) {
			found = r
		}
	}
	return found, found != Requirement{}
}

// For returns the secrets of s that are declared for these kinds. A secret that is not declared is in no such set, so it
// is never sent.
func (s Set) For(reqs []Requirement, kinds ...Kind) Set {
	return s.only(func(name string) bool { return Owns(reqs, name, kinds...) })
}

// Owns reports whether a name is declared for one of these kinds.
func Owns(reqs []Requirement, name string, kinds ...Kind) bool {
	r, ok := requirementOf(name, reqs)
	return ok && slices.Contains(kinds, r.For)
}

// Undeclared returns the names that no requirement declares, sorted.
func (s Set) Undeclared(reqs []Requirement) []string {
	return s.only(func(name string) bool {
		_, ok := requirementOf(name, reqs)
		return !ok
	}).Names()
}

// DidYouMean returns a text to append to a name that is not declared: a question with the nearest declared name, or nothing.
func DidYouMean(name string, reqs []Requirement) string {
	var declared []string
	for _, r := range reqs {
		declared = append(declared, r.String())
	}
	return spelling.DidYouMean(name, declared)
}

// Check returns a *MissingError with all required secrets that are absent or empty, or nil. Check leaves out the secrets
// of the build, because most deploys build nothing: CheckBuild has them.
func (s Set) Check(reqs []Requirement) error { return s.check(reqs, Pipeline, Release, App) }

// CheckBuild returns a *MissingError with the required secrets of the image's build that are absent or empty, or nil.
func (s Set) CheckBuild(reqs []Requirement) error { return s.check(reqs, Build) }

func (s Set) check(reqs []Requirement, kinds ...Kind) error {
	missing := &MissingError{Undeclared: s.Undeclared(reqs)}
	for _, r := range reqs {
		if r.Required && slices.Contains(kinds, r.For) && !s.satisfies(r, reqs) {
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

// satisfies reports whether the set has a value for r that is not empty. An empty value counts as missing, because a CI
// variable that does not exist expands to an empty text.
func (s Set) satisfies(r Requirement, reqs []Requirement) bool {
	for name, v := range s.values {
		if by, ok := requirementOf(name, reqs); ok && by == r && !v.IsEmpty() {
			return true
		}
	}
	return false
}
