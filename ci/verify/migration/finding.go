package migration

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Finding is one problem at one place.
type Finding struct {
	Check   string   `json:"check"`
	File    string   `json:"file"`
	Line    int      `json:"line,omitempty"` // 0 is the whole file
	Rules   []string `json:"rules"`          // one name for each tool that found it
	What    string   `json:"what"`
	Why     string   `json:"why,omitempty"`
	Instead string   `json:"instead,omitempty"`
	Waived  string   `json:"waived,omitempty"` // the reason in the file
}

// Place is file:line, which editors and CI show as a link.
func (f Finding) Place() string {
	if f.Line == 0 {
		return f.File
	}
	return fmt.Sprintf("%s:%d", f.File, f.Line)
}

// Advised returns the finding with the advice on its rules: why the finding matters and what to do instead.
func (f Finding) Advised() Finding {
	for _, rule := range f.Rules {
		a := advice[rule]
		f.Why, f.Instead = cmp.Or(f.Why, a.why), cmp.Or(f.Instead, a.instead)
	}
	return f
}

func sortFindings(list []Finding) {
	slices.SortStableFunc(list, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Check, b.Check), cmp.Compare(a.What, b.What))
	})
}

// A File is a migration with the place of its statements, for findings and waivers.
type File struct {
	Name          string
	Text          string
	Statements    []Statement
	NoTransaction bool // the file asks to run outside a transaction
	Linted        bool // linters read the file, so that an unused waiver in it is a finding
}

// A Statement is the first and the last line of a statement.
type Statement struct{ Line, End int }

// Cut adds a statement of the file by its offset and its text.
func (f *File) Cut(offset int, text string) {
	line := 1 + strings.Count(f.Text[:offset], "\n")
	f.Statements = append(f.Statements, Statement{line, line + strings.Count(strings.TrimRight(text, "\n"), "\n")})
}

// statement returns the index of the statement on a line or after it, -1 if there is none.
func (f File) statement(line int) int {
	return slices.IndexFunc(f.Statements, func(s Statement) bool { return line <= s.End })
}
