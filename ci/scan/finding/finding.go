// Package finding is what scanners found, as one list with one verdict.
package finding

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Kind is what sort of thing was found.
type Kind string

// What the scanners look for.
const (
	Vulnerability    Kind = "vulnerability"    // in a package that is not ours
	Misconfiguration Kind = "misconfiguration" // of what builds or runs the app
	Secret           Kind = "secret"
	Code             Kind = "code"
	Licence          Kind = "licence"
)

// A Finding is one thing that one or more tools found. Those of a list have their fingerprints by Seal.
type Finding struct {
	Fingerprint string   `json:"fingerprint"`
	Others      []string `json:"other_fingerprints,omitempty"` // of what was merged into it
	Kind        Kind     `json:"kind"`
	Tools       []string `json:"tools"`
	Rule        string   `json:"rule"` // CVE-…, or the tool's own name for it
	Aliases     []string `json:"aliases,omitempty"`
	Severity    Severity `json:"severity"`
	Score       float64  `json:"score,omitempty"` // CVSS, when somebody gave one
	Title       string   `json:"title"`
	Why         string   `json:"why,omitempty"`
	Fix         string   `json:"fix,omitempty"`
	Link        string   `json:"link,omitempty"`
	Ecosystem   string   `json:"ecosystem,omitempty"` // of a package: npm, debian, gobinary
	Package     string   `json:"package,omitempty"`
	Places      []Place  `json:"places"`
	Unfixed     bool     `json:"unfixed,omitempty"` // there is no version of the package without it

	// Anchor is what stays the same when lines shift: the text that was found, without a secret in it.
	Anchor string `json:"-"`
}

// A Place is where it was found.
type Place struct {
	Path    string `json:"path"` // in the repository
	Line    int    `json:"line,omitempty"`
	Version string `json:"version,omitempty"` // of the package there
	In      string `json:"in,omitempty"`      // more about it: a layer of the image, a commit
}

func (p Place) String() string {
	s := p.Path
	if p.Line > 0 {
		s += fmt.Sprintf(":%d", p.Line)
	}
	if p.Version != "" {
		s += " has " + p.Version
	}
	if p.In != "" {
		s += ", " + p.In
	}
	return s
}

func (p Place) compare(q Place) int {
	return cmp.Or(strings.Compare(p.Path, q.Path), p.Line-q.Line, strings.Compare(p.Version, q.Version), strings.Compare(p.In, q.In))
}

// compare orders a report: the worst first, then what belongs together.
func (f Finding) compare(g Finding) int {
	return cmp.Or(int(g.Severity)-int(f.Severity), strings.Compare(string(f.Kind), string(g.Kind)), f.Places[0].compare(g.Places[0]),
		strings.Compare(f.Package, g.Package), strings.Compare(f.Rule, g.Rule), strings.Compare(f.Fingerprint, g.Fingerprint))
}

// Names are all the names of what was found, the rule first.
func (f Finding) Names() []string { return append([]string{f.Rule}, f.Aliases...) }

// Fingerprints are its own and those of what was merged into it.
func (f Finding) Fingerprints() []string { return append([]string{f.Fingerprint}, f.Others...) }

// Subject is what the finding is about, in a word: a package, or the rule.
func (f Finding) Subject() string {
	if f.Package == "" {
		return f.Rule
	}
	return f.Package + " " + f.Rule
}

func (f Finding) is(name string) bool { return slices.Contains(f.Names(), name) }
