package finding

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/renewa/pipeline/ci/config/tomlfile"
)

// A Baseline has the fingerprints of the findings on the day it was made. They pass.
type Baseline map[string]bool

// Has is whether the finding was there. For a finding of a package, one of its fingerprints is enough; any other
// finding needs all of them: one that was merged into it since is new.
func (b Baseline) Has(f Finding) bool {
	absent := func(print string) bool { return !b[print] }
	if f.Package != "" {
		return b[f.Fingerprint] || len(f.Others) > 0 && !slices.ContainsFunc(f.Others, absent)
	}
	return !slices.ContainsFunc(f.Fingerprints(), absent)
}

var validFingerprint = regexp.MustCompile(`^[0-9a-f]{16}$`)

// ParseBaseline reads a baseline file. Its problems come all at once, as tomlfile.Problems.
func ParseBaseline(file string, data []byte) (Baseline, error) {
	f, err := tomlfile.Read(file, data)
	if err != nil {
		return nil, err
	}
	root, b, lines := f.Root(), Baseline{}, map[string]int{}
	switch version := root.Int("version"); {
	case !root.Has("version"):
		root.Refuse("", "version is missing: `dagger call scanner baseline` writes the file")
	case version != nil && *version != baselineVersion:
		root.Refuse("version", "unknown version %d: this module reads version %d", *version, baselineVersion)
	}
	for _, t := range root.Tables("finding") {
		print := tomlfile.Or(t.String("fingerprint"), "")
		at, taken := lines[print]
		switch {
		case !t.Has("fingerprint"):
			t.Refuse("", "fingerprint is missing")
		case print != "" && !validFingerprint.MatchString(print):
			t.Refuse("fingerprint", "%q is not a fingerprint: one has 16 digits from 0 to f", print)
		case taken:
			t.Refuse("fingerprint", "%s is on line %d already", print, at)
		}
		for _, comment := range []string{"what", "where", "severity"} { // for people
			t.String(comment)
		}
		lines[print], b[print] = t.Line(), true
	}
	return b, append(f.Problems(), f.Unknown()...).Sorted().OrNil()
}

const baselineVersion = 1

// WriteBaseline is a baseline of the findings of a report that fail, or are in its baseline. Waived findings are left
// out: a waiver ends.
func WriteBaseline(r Report) (string, error) {
	if len(r.NotRun) > 0 {
		return "", fmt.Errorf("no baseline was written: some scanners did not run, so their findings would be missing: %s", strings.Join(r.NotRun, "\n"))
	}
	type entry struct {
		Fingerprint string `toml:"fingerprint"`
		Severity    string `toml:"severity"`
		What        string `toml:"what"`
		Where       string `toml:"where"`
	}
	file := struct {
		Version int     `toml:"version"`
		Finding []entry `toml:"finding"`
	}{Version: baselineVersion}
	for _, j := range r.Findings {
		if j.Status != Fails && j.Status != Known {
			continue
		}
		for _, print := range j.Fingerprints() {
			file.Finding = append(file.Finding, entry{print, j.Severity.String(), j.Subject(), j.Places[0].String()})
		}
	}
	text, err := toml.Marshal(file)
	if err != nil {
		return "", fmt.Errorf("the baseline cannot be written: %w", err)
	}
	return "# Known findings: only new ones fail. Made by `dagger call scanner baseline`.\n" + string(text), nil
}
