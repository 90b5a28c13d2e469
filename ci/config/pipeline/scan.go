package pipeline

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/renewa/pipeline/ci/config/tomlfile"
)

// Severities are the severities of findings, the lowest first.
var Severities = []string{"unknown", "low", "medium", "high", "critical"}

const defaultThreshold = "high"

// Audited are the names of lockfiles whose registry has advisories on their packages.
var Audited = []string{"bun.lock", "package-lock.json"}

// A Scan has the settings of the scanners: the files that they read, and the findings that pass.
type Scan struct {
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

// ScanExclusions returns the patterns of the files that Semgrep does not read: exclude, pipeline.toml and the baseline. The
// last two are among them so that a new waiver does not make the scanner run again.
func (f Config) ScanExclusions() []string {
	list := append(slices.Clone(f.Scan.Exclude), f.file)
	if f.Scan.Baseline != "" {
		list = append(list, f.Scan.Baseline)
	}
	return list
}

func (p *parser) scan(root *tomlfile.Table) {
	t := root.Table(scanTable)
	if t == nil {
		return
	}
	s := &Scan{
		Threshold:  strings.ToLower(tomlfile.Or(t.String("threshold"), defaultThreshold)),
		Unfixed:    tomlfile.Or(t.Bool("unfixed_passes"), false),
		MaxAge:     duration(t, "database_max_age", 0),
		AskedEvery: duration(t, "advisories_every", 24*time.Hour),
		Denied:     t.Strings("licences_denied"),
		Exclude:    folders(t, "exclude"),
		Lockfiles:  folders(t, "lockfiles"),
		Rules:      folders(t, "rules"),
		Timeout:    timeout(t),
	}
	if !slices.Contains(Severities, s.Threshold) {
		t.Refuse("threshold", "unknown severity %q: use %s", s.Threshold, strings.Join(Severities, ", "))
	}
	if t.Has("baseline") {
		s.Baseline = folder(t, "baseline", "")
	}
	for _, pattern := range s.Denied {
		if _, err := path.Match(pattern, ""); err != nil {
			t.Refuse("licences_denied", "%q is not a pattern: %v", pattern, err)
		}
	}
	for _, w := range t.Tables("waiver") {
		s.Waivers = append(s.Waivers, p.waiver(w))
	}
	for _, c := range p.config.Checks {
		if slices.Contains(Scanners(), c.Name) {
			t.Refuse("", "%s is the name of a scanner and of a check: rename the check", c.Name)
		}
	}
	p.config.Scan = s
}

func (p *parser) waiver(t *tomlfile.Table) Waiver {
	w := Waiver{
		Fingerprint: tomlfile.Or(t.String("fingerprint"), ""),
		Rule:        tomlfile.Or(t.String("rule"), ""),
		Path:        tomlfile.Or(t.String("path"), ""),
		Package:     tomlfile.Or(t.String("package"), ""),
		Owner:       requiredText(t, "owner", "who is responsible for the waiver"),
		Reason:      requiredText(t, "reason", "why the finding may pass"),
		Expires:     tomlfile.Or(t.Date("expires"), time.Time{}),
		At:          fmt.Sprintf("%s:%d", p.config.file, t.Line()),
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

// duration reads a duration of a second or more.
func duration(t *tomlfile.Table, key string, fallback time.Duration) time.Duration {
	text := t.String(key)
	if text == nil {
		return fallback
	}
	d, err := time.ParseDuration(*text)
	if err != nil || d < time.Second {
		t.Refuse(key, "%q is not a time of a second or more: write a number with s, m or h, as in \"5m\"", *text)
	}
	return d
}
