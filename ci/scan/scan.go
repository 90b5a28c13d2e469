// Package scan has the settings of the scanners, and the list of those that have files to read.
package scan

import (
	"path"
	"slices"
	"strings"
	"time"

	"github.com/renewa/pipeline/ci/config"
	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/config/tomlfile"
	"github.com/renewa/pipeline/ci/verify/step"
)

// Severities are the severities of findings, the lowest first.
var Severities = []string{"unknown", "low", "medium", "high", "critical"}

const defaultThreshold = "high"

// Audited are the names of lockfiles whose registry has advisories on their packages.
var Audited = []string{"bun.lock", "package-lock.json"}

// Settings are those of [scan]: the files that they read, and the findings that pass.
type Settings struct {
	Threshold  string // one of Severities: less severe findings pass
	Unfixed    bool   // findings without a fix pass
	Baseline   string // file with earlier findings, which pass; may be empty
	Waivers    []Waiver
	MaxAge     time.Duration // of the vulnerability database; 0: no limit
	AskedEvery time.Duration // how long an answer of the registry about advisories is used
	Denied     []string      // patterns of licences; a package with such a licence fails
	Exclude    []string      // patterns of the repository's files that Semgrep does not read
	Lockfiles  []string      // below the context; nil: every file with the name of a lockfile; empty: none
	Rules      []string      // folders with Semgrep rules of the app's own
	Timeout    time.Duration // for one scanner
}

// A Waiver lets findings pass until a day. It applies to findings that match all its fields that are not empty.
type Waiver struct {
	Fingerprint string
	Rule        string // the rule or an alias of it
	Path        string // a pattern
	Package     string
	Owner       string
	Reason      string
	Expires     time.Time // the last day
	At          string    // file and line, for errors
}

// Exclusions returns the patterns of the files that Semgrep does not read: exclude, pipeline.toml and the baseline. The
// last two are among them so that a new waiver does not make the scanner run again.
func (s Settings) Exclusions() []string {
	list := append(slices.Clone(s.Exclude), config.File)
	if s.Baseline != "" {
		list = append(list, s.Baseline)
	}
	return list
}

// Table decodes [scan].
func Table(into **Settings) config.Table { return pipeline.Single(step.ScanTable, into, decode) }

func decode(t *tomlfile.Table, _ pipeline.Config) Settings {
	s := Settings{
		Threshold:  strings.ToLower(tomlfile.Or(t.String("threshold"), defaultThreshold)),
		Unfixed:    tomlfile.Or(t.Bool("unfixed_passes"), false),
		MaxAge:     pipeline.Duration(t, "database_max_age", 0),
		AskedEvery: pipeline.Duration(t, "advisories_every", 24*time.Hour),
		Denied:     t.Strings("licences_denied"),
		Exclude:    pipeline.Folders(t, "exclude"),
		Lockfiles:  pipeline.Folders(t, "lockfiles"),
		Rules:      pipeline.Folders(t, "rules"),
		Timeout:    pipeline.Timeout(t),
	}
	if !slices.Contains(Severities, s.Threshold) {
		t.Refuse("threshold", "unknown severity %q: use %s", s.Threshold, strings.Join(Severities, ", "))
	}
	if t.Has("baseline") {
		s.Baseline = pipeline.Folder(t, "baseline", "")
	}
	for _, pattern := range s.Denied {
		if _, err := path.Match(pattern, ""); err != nil {
			t.Refuse("licences_denied", "%q is not a pattern: %v", pattern, err)
		}
	}
	for _, w := range t.Tables("waiver") {
		s.Waivers = append(s.Waivers, waiverOf(w))
	}
	return s
}

func waiverOf(t *tomlfile.Table) Waiver {
	w := Waiver{
		Fingerprint: tomlfile.Or(t.String("fingerprint"), ""),
		Rule:        tomlfile.Or(t.String("rule"), ""),
		Path:        tomlfile.Or(t.String("path"), ""),
		Package:     tomlfile.Or(t.String("package"), ""),
		Owner:       pipeline.RequiredText(t, "owner", "who is responsible for the waiver"),
		Reason:      pipeline.RequiredText(t, "reason", "why the finding may pass"),
		Expires:     tomlfile.Or(t.Date("expires"), time.Time{}),
		At:          t.Position(),
	}
	if !t.Has("expires") {
		t.Refuse("", "expires is missing: the last day of the waiver, as in 2026-12-31")
	}
	if w.Fingerprint == "" && w.Rule == "" && w.Package == "" {
		t.Refuse("", "fingerprint, rule or package is missing: a path alone would let every finding in it pass")
	}
	if _, err := path.Match(w.Path, ""); err != nil {
		t.Refuse("path", "%q is not a pattern: %v", w.Path, err)
	}
	return w
}

// Steps returns the names of the scanners that have files to read.
func (s Settings) Steps() []string {
	return slices.DeleteFunc(step.Scanners(), func(name string) bool { return !s.runs(name) })
}

// runs reports whether a scanner has files to read. Unless pipeline.toml names the lockfiles, runs assumes that there
// are some.
func (s Settings) runs(name string) bool {
	switch {
	case s.Lockfiles == nil:
		return true
	case name == step.TrivyLockfilesStep:
		return len(s.Lockfiles) > 0
	case name == step.AuditStep:
		return slices.ContainsFunc(s.Lockfiles, func(file string) bool { return slices.Contains(Audited, path.Base(file)) })
	}
	return true
}
