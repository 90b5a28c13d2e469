package finding

import (
	"maps"
	"slices"
	"strings"
)

// Merge is several tools' findings as one list: what two of them found is one finding. The order in which the
// lists come makes no difference.
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

// keys are what two findings that are the same have in common, one of them at least: a fingerprint, or a name
// of the same package's hole.
func (f Finding) keys() []string {
	keys := f.Fingerprints()
	if f.Package != "" {
		for _, name := range f.Names() {
			keys = append(keys, strings.Join([]string{string(f.Kind), f.Ecosystem, f.Package, name}, "\x00"))
		}
	}
	return keys
}

// join makes one of a group that is in order: the worst speaks for all, the others fill in what it lacks.
func join(group []Finding) Finding {
	f := group[0]
	names, tools, prints := map[string]bool{}, map[string]bool{}, map[string]bool{}
	f.Places = nil
	for _, g := range group {
		if f.Kind == Secret && g.Places[0].In > group[0].Places[0].In {
			f.Fingerprint = g.Fingerprint // of the commit, which tells this secret from another on its line
		}
		note(names, g.Names())
		note(tools, g.Tools)
		note(prints, g.Fingerprints())
		f.Places = append(f.Places, g.Places...)
		f.Score = max(f.Score, g.Score)
		f.Unfixed = f.Unfixed && g.Unfixed
		fill(&f.Title, g.Title)
		fill(&f.Why, g.Why)
		fill(&f.Fix, g.Fix)
		fill(&f.Link, g.Link)
	}
	f.Tools = slices.Sorted(maps.Keys(tools))
	slices.SortFunc(f.Places, Place.compare)
	f.Places = told(slices.Compact(f.Places))
	f.Rule, f.Aliases = named(slices.Sorted(maps.Keys(names)), f)
	if f.Package != "" {
		f.Fingerprint = f.ofPackage()
	}
	delete(prints, f.Fingerprint)
	f.Others = slices.Sorted(maps.Keys(prints))
	return f
}

// told leaves out places of which another tool told the version too.
func told(places []Place) []Place {
	return slices.DeleteFunc(slices.Clone(places), func(p Place) bool {
		return p.Version == "" && slices.ContainsFunc(places, func(q Place) bool {
			p.Version = q.Version
			return q.Version != "" && p == q
		})
	})
}

// named puts a CVE first, which people look for; a finding that is of no package keeps its rule.
func named(names []string, f Finding) (string, []string) {
	first := slices.Index(names, f.Rule)
	if f.Package != "" {
		if i := slices.IndexFunc(names, func(n string) bool { return strings.HasPrefix(n, "CVE-") }); i >= 0 {
			first = i
		}
	}
	rule := names[first]
	return rule, slices.Delete(names, first, first+1)
}

func note(set map[string]bool, list []string) {
	for _, v := range list {
		set[v] = true
	}
}

func fill(to *string, from string) {
	if *to == "" {
		*to = from
	}
}
