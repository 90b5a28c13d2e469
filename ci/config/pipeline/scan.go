package pipeline

import (
	"fmt"
	"path"
	"slices"
	"time"

	"github.com/renewa/pipeline/ci/config/tomlfile"
	"github.com/renewa/pipeline/ci/scan/finding"
)

// scanSteps are all scanners there are.
var scanSteps = []string{"trivy-image", "trivy-lockfiles", "trivy-config", "semgrep", "gitleaks", "audit"}

// Audited are the lockfiles, by name, whose registry answers what it knows of their packages.
var Audited = []string{"bun.lock", "package-lock.json"}

// A Scan is what scanners look at, and what they may find.
type Scan struct {
	Threshold  finding.Severity
	Unfixed    bool   // what has no fix yet passes
	Baseline   string // the file with findings that were there before; may be empty
	Waivers    []finding.Waiver
	MaxAge     time.Duration // of the vulnerability database; 0 is any
	AskedEvery time.Duration // how long an answer of the advisories' endpoint holds
	Denied     []string      // patterns of licences that no package may have
	Exclude    []string      // of the repository's files, from what Semgrep reads
	Lockfiles  []string      // below the context; nil is all that are known by their names, empty is none
	Rules      []string      // folders with Semgrep rules of the app's own
	Timeout    time.Duration // for one scanner
}

// Unscanned are the files that Semgrep does not read: those that the app excludes, and those that say what may be
// found, so that a waiver makes nothing run again.
func (f Config) Unscanned() []string {
	list := append(slices.Clone(f.Scan.Exclude), f.file)
	if f.Scan.Baseline != "" {
		list = append(list, f.Scan.Baseline)
	}
	return list
}

// Steps are the scanners that have something to look at. Which lockfiles there are is known when they are named.
func (s *Scan) Steps() []string {
	idle := func(step string) bool {
		switch {
		case s.Lockfiles == nil:
			return false
		case step == "trivy-lockfiles":
			return len(s.Lockfiles) == 0
		}
		return step == "audit" && !slices.ContainsFunc(s.Lockfiles, func(name string) bool { return slices.Contains(Audited, path.Base(name)) })
	}
	return slices.DeleteFunc(slices.Clone(scanSteps), idle)
}

func (p *parser) scan(root *tomlfile.Table) {
	t := root.Table("scan")
	if t == nil {
		return
	}
	s := &Scan{
		Threshold:  finding.High,
		Unfixed:    tomlfile.Or(t.Bool("unfixed_passes"), false),
		MaxAge:     duration(t, "database_max_age", 0),
		AskedEvery: duration(t, "advisories_every", 24*time.Hour),
		Denied:     t.Strings("licences_denied"),
		Exclude:    folders(t, "exclude"),
		Lockfiles:  folders(t, "lockfiles"),
		Rules:      folders(t, "rules"),
		Timeout:    timeout(t),
	}
	if v := t.String("threshold"); v != nil {
		var err error
		if s.Threshold, err = finding.ParseSeverity(*v); err != nil {
			t.Refuse("threshold", "%v", err)
		}
	}
	if t.Has("baseline") {
		s.Baseline = folder(t, "baseline", "")
	}
	for _, pattern := range s.Denied {
		if _, err := path.Match(pattern, ""); err != nil {
			t.Refuse("licences_denied", "%q is no pattern: %v", pattern, err)
		}
	}
	for _, w := range t.Tables("waiver") {
		s.Waivers = append(s.Waivers, p.waiver(w))
	}
	for _, c := range p.config.Checks {
		if slices.Contains(scanSteps, c.Name) {
			t.Refuse("", "it has a scanner %s, and there is a check of this name", c.Name)
		}
	}
	p.config.Scan = s
}

func (p *parser) waiver(t *tomlfile.Table) finding.Waiver {
	w := finding.Waiver{
		Fingerprint: tomlfile.Or(t.String("fingerprint"), ""),
		Rule:        tomlfile.Or(t.String("rule"), ""),
		Path:        tomlfile.Or(t.String("path"), ""),
		Package:     tomlfile.Or(t.String("package"), ""),
		Owner:       required(t, "owner", "who answers for it"),
		Reason:      required(t, "reason", "why it may pass"),
		Expires:     tomlfile.Or(t.Date("expires"), time.Time{}),
		At:          fmt.Sprintf("%s:%d", p.config.file, t.Line()),
	}
	if !t.Has("expires") {
		t.Refuse("", "expires is missing: the last day on which it holds, as in 2026-12-31")
	}
	if w.Fingerprint == "" && w.Rule == "" && w.Package == "" {
		t.Refuse("", "it needs a fingerprint, a rule or a package: a path alone would let everything there pass")
	}
	if _, err := path.Match(w.Path, ""); err != nil {
		t.Refuse("path", "%q is no pattern: %v", w.Path, err)
	}
	return w
}

// duration is a time of a second or more.
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
