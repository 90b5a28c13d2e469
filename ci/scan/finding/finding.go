// Package finding merges the findings of all scanners into one list, applies a policy to it and writes reports: text,
// Markdown, JSON and SARIF.
package finding

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Kind is the kind of a finding.
type Kind string

// The kinds that scanners look for.
const (
	Vulnerability    Kind = "vulnerability"    // in a package of others
	Misconfiguration Kind = "misconfiguration" // of the build or of Fly's configuration
	Secret           Kind = "secret"
	Code             Kind = "code"
	Licence          Kind = "licence"
)

// A Finding is one thing that one or more tools found. Seal gives it its fingerprint.
type Finding struct {
	Fingerprint string   `json:"fingerprint"`
	Others      []string `json:"other_fingerprints,omitempty"` // of findings that were merged into it
	Kind        Kind     `json:"kind"`
	Tools       []string `json:"tools"`
	Rule        string   `json:"rule"` // CVE-…, or the tool's own name
	Aliases     []string `json:"aliases,omitempty"`
	Severity    Severity `json:"severity"`
	Score       float64  `json:"score,omitempty"` // CVSS; 0 when there is none
	Title       string   `json:"title"`
	Why         string   `json:"why,omitempty"`
	Fix         string   `json:"fix,omitempty"`
	Link        string   `json:"link,omitempty"`
	Ecosystem   string   `json:"ecosystem,omitempty"` // of a package: npm, debian, gobinary
	Package     string   `json:"package,omitempty"`
	Places      []Place  `json:"places"`
	Unfixed     bool     `json:"unfixed,omitempty"` // no version of the package is without it

	// Anchor is the text that was found, without a secret in it: it stays the same when lines shift.
	Anchor string `json:"-"`
}

// A Place is where a finding was found.
type Place struct {
	Path    string `json:"path"` // in the repository
	Line    int    `json:"line,omitempty"`
	Version string `json:"version,omitempty"` // of the package there
	In      string `json:"in,omitempty"`      // a layer of the image, or a commit
}

// InImage begins Place.In of what was found in the built image. Its path is the Dockerfile.
const InImage = "in the image"

// String is the place in words, after the version that is there.
func (p Place) String() string {
	s := p.Path
	if p.Line > 0 {
		s += fmt.Sprintf(":%d", p.Line)
	}
	switch {
	case strings.HasPrefix(p.In, InImage):
		s = strings.TrimPrefix(p.In, "in ") + ", built from " + s
	case p.In != "":
		s += ", " + p.In
	}
	if p.Version != "" {
		s = p.Version + " in " + s
	}
	return s
}

func (p Place) compare(q Place) int {
	return cmp.Or(strings.Compare(p.Path, q.Path), p.Line-q.Line, strings.Compare(p.Version, q.Version), strings.Compare(p.In, q.In))
}

// compare orders a report: the most severe first, then by kind and place.
func (f Finding) compare(g Finding) int {
	return cmp.Or(int(g.Severity)-int(f.Severity), strings.Compare(string(f.Kind), string(g.Kind)), f.Places[0].compare(g.Places[0]),
		strings.Compare(f.Package, g.Package), strings.Compare(f.Rule, g.Rule), strings.Compare(f.Fingerprint, g.Fingerprint))
}

// Names are the rule and its aliases.
func (f Finding) Names() []string { return append([]string{f.Rule}, f.Aliases...) }

// Fingerprints are the finding's own, and those of findings that were merged into it.
func (f Finding) Fingerprints() []string { return append([]string{f.Fingerprint}, f.Others...) }

// Subject is the package and the rule, or the rule alone.
func (f Finding) Subject() string {
	if f.Package == "" {
		return f.Rule
	}
	return f.Package + " " + f.Rule
}

func (f Finding) is(name string) bool { return slices.Contains(f.Names(), name) }
