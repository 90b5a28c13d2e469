package migration

import "slices"

// same maps a rule of Atlas to the rule of squawk that finds the same problem.
var same = map[string]string{
	"DS102": "ban-drop-table",
	"DS103": "ban-drop-column",
	"MF103": "adding-required-field",
	"MF104": "adding-not-nullable-field",
	"BC101": "renaming-table",
	"BC102": "renaming-column",
}

// Merge makes one finding of two when both linters find the same problem in one statement.
func Merge(files []File, atlas, squawk []Finding) []Finding {
	merged := slices.Clone(atlas)
	for _, s := range squawk {
		at := slices.IndexFunc(merged, func(a Finding) bool {
			return a.File == s.File && slices.ContainsFunc(a.Rules, func(rule string) bool { return same[rule] == s.Rules[0] }) &&
				oneStatement(files, a, s)
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

func oneStatement(files []File, a, b Finding) bool {
	f := find(files, a.File)
	return f != nil && f.statement(a.Line) == f.statement(b.Line)
}
