package migration

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Finding is one thing that is wrong at one place.
type Finding struct {
	Check   string   `json:"check"`
	File    string   `json:"file"`
	Line    int      `json:"line,omitempty"` // 0 is the whole file
	Rules   []string `json:"rules"`          // as each tool that found it calls it
	What    string   `json:"what"`
	Why     string   `json:"why,omitempty"`
	Instead string   `json:"instead,omitempty"`
	Waived  string   `json:"waived,omitempty"` // the reason that the file gives
}

// Place is file:line, which editors and CI turn into a link.
func (f Finding) Place() string {
	if f.Line == 0 {
		return f.File
	}
	return fmt.Sprintf("%s:%d", f.File, f.Line)
}

// Advised fills in, from what is known of its rules, why the finding matters and what to do instead.
func (f Finding) Advised() Finding {
	for _, rule := range f.Rules {
		known := advice[rule]
		f.Why, f.Instead = cmp.Or(f.Why, known.why), cmp.Or(f.Instead, known.instead)
	}
	return f
}

func sortFindings(list []Finding) {
	slices.SortStableFunc(list, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Check, b.Check), cmp.Compare(a.What, b.What))
	})
}

// A File is a migration as its waivers are read.
type File struct {
	Name          string
	Text          string
	Statements    []Statement
	NoTransaction bool // it asks to run in none
	Linted        bool // so that a waiver in it which waives nothing is known to
}

// A Statement is where one begins and ends.
type Statement struct{ Line, End int }

// Cut says where the statements of a file lie, given the offset and the text of each.
func (f *File) Cut(offset int, text string) {
	line := 1 + strings.Count(f.Text[:offset], "\n")
	f.Statements = append(f.Statements, Statement{line, line + strings.Count(strings.TrimRight(text, "\n"), "\n")})
}

// statement is the number of the one that a line belongs to, or that follows it; -1 when there is none.
func (f File) statement(line int) int {
	return slices.IndexFunc(f.Statements, func(s Statement) bool { return line <= s.End })
}
