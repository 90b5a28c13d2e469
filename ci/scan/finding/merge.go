package finding

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Merge makes one list of the findings of several tools. What two tools found is one finding. The order of the lists
// makes no difference.
func Merge(lists ...[]Finding) []Finding {
	all := slices.Concat(lists...)
	slices.SortFunc(all, Finding.compare)
	groups := map[int][]Finding{}
	for i, root := range same(all) {
		groups[root] = append(groups[root], all[i])
	}
	merged := make([]Finding, 0, len(groups))
	for _, group := range groups {
		merged = append(merged, join(group))
	}
	slices.SortFunc(merged, Finding.compare)
	return merged
}

// keys identify a finding: its fingerprints, and the names of a package's vulnerability. Two findings with a key in
// common are the same.
func (f Finding) keys() []string {
	keys := f.Fingerprints()
	if f.Package != "" {
		for _, name := range f.Names() {
			keys = append(keys, strings.Join([]string{string(f.Kind), f.Ecosystem, f.Package, name}, "\x00"))
		}
	}
	return keys
}

// join makes one finding of a sorted group: the first and most severe, with the fields that it lacks from the others.
func join(group []Finding) Finding {
	f := group[0]
	names, tools, prints := map[string]bool{}, map[string]bool{}, map[string]bool{}
	f.Places = nil
	for _, g := range group {
		if f.Kind == Secret && g.Places[0].In > group[0].Places[0].In {
			f.Fingerprint = g.Fingerprint // with the commit, which distinguishes two secrets on one line
		}
		add(names, g.Names())
		add(tools, g.Tools)
		add(prints, g.Fingerprints())
		f.Places = append(f.Places, g.Places...)
		f.Score = max(f.Score, g.Score)
		f.Unfixed = f.Unfixed && g.Unfixed
		f.Title, f.Why = cmp.Or(f.Title, g.Title), cmp.Or(f.Why, g.Why)
		f.Fix, f.Link = cmp.Or(f.Fix, g.Fix), cmp.Or(f.Link, g.Link)
	}
	f.Tools = slices.Sorted(maps.Keys(tools))
	slices.SortFunc(f.Places, Place.compare)
	f.Places = withVersions(slices.Compact(f.Places))
	f.Rule, f.Aliases = ruleOf(slices.Sorted(maps.Keys(names)), f)
	if f.Package != "" {
		f.Fingerprint = f.ofPackage()
	}
	delete(prints, f.Fingerprint)
	f.Others = slices.Sorted(maps.Keys(prints))
	return f
}

// withVersions leaves out places without a version that another tool reports with one.
func withVersions(places []Place) []Place {
	return slices.DeleteFunc(slices.Clone(places), func(p Place) bool {
		return p.Version == "" && slices.ContainsFunc(places, func(q Place) bool {
			p.Version = q.Version
			return q.Version != "" && p == q
		})
	})
}

// ruleOf is the CVE of a package's finding, which people search for, or the finding's rule, and the other names.
func ruleOf(names []string, f Finding) (string, []string) {
	first := slices.Index(names, f.Rule)
	if f.Package != "" {
		if i := slices.IndexFunc(names, func(n string) bool { return strings.HasPrefix(n, "CVE-") }); i >= 0 {
			first = i
		}
	}
	rule := names[first]
	return rule, slices.Delete(names, first, first+1)
}

func add(set map[string]bool, list []string) {
	for _, v := range list {
		set[v] = true
	}
}
