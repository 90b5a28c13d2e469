package finding

import (
	"crypto/sha256"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Seal gives the findings of one tool their fingerprints, and sorts them. Findings that differ in nothing but their
// lines are numbered from the top of the file.
func Seal(list []Finding) []Finding {
	list = slices.Clone(list)
	slices.SortStableFunc(list, Finding.compare)
	seen := map[string]int{}
	for i, f := range list {
		if f.Package != "" {
			list[i].Fingerprint = f.ofPackage()
			continue
		}
		same := strings.Join([]string{string(f.Kind), f.Rule, f.Places[0].Path, Normal(f.Anchor)}, "\x00")
		list[i].Fingerprint = hash(same, fmt.Sprint(seen[same]))
		seen[same]++
	}
	return list
}

// ofPackage is a fingerprint without version and place: one vulnerability in the lockfile and in the image is one finding.
func (f Finding) ofPackage() string {
	return hash(string(f.Kind), f.Ecosystem, f.Package, f.advisory())
}

// advisory is the name that most tools have: npm audit has no CVE numbers, so GitHub's name comes first.
func (f Finding) advisory() string {
	names := f.Names()
	slices.Sort(names)
	for _, prefix := range []string{"GHSA-", "CVE-"} {
		if i := slices.IndexFunc(names, func(n string) bool { return strings.HasPrefix(n, prefix) }); i >= 0 {
			return names[i]
		}
	}
	return f.Rule
}

var space = regexp.MustCompile(`\s+`)

// Normal is text without the white space that a formatter changes.
func Normal(text string) string { return strings.TrimSpace(space.ReplaceAllString(text, " ")) }

func hash(parts ...string) string {
	return fmt.Sprintf("%x", sha256.Sum256([]byte(strings.Join(parts, "\x00"))))[:16]
}
