package migration

import "slices"

// same are the rules of two linters that say the same of a statement.
var same = map[string]string{
	"DS102": "ban-drop-table",
	"DS103": "ban-drop-column",
	"MF103": "adding-required-field",
	"MF104": "adding-not-nullable-field",
	"BC101": "renaming-table",
	"BC102": "renaming-column",
}

// Merge makes one finding of those in which both linters say the same of one statement.
func Merge(files []File, atlas, squawk []Finding) []Finding {
	merged := slices.Clone(atlas)
	for _, s := range squawk {
		at := slices.IndexFunc(merged, func(a Finding) bool {
			return a.File == s.File && slices.ContainsFunc(a.Rules, func(rule string) bool { return same[rule] == s.Rules[0] }) &&
				together(files, a, s)
		})
		if at < 0 {
			merged = append(merged, s)
			continue
		}
		if !slices.Contains(merged[at].Rules, s.Rules[0]) {
			merged[at].Rules = append(slices.Clone(merged[at].Rules), s.Rules[0])
		}
	}
	return merged
}

func together(files []File, a, b Finding) bool {
	f := named(files, a.File)
	return f != nil && f.statement(a.Line) == f.statement(b.Line)
}
