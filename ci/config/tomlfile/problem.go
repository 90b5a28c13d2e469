package tomlfile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Problem describes one error of a file and its place.
type Problem struct {
	File string
	Line int
	Key  string // the path, as in services[0].internal_port; may be empty
	Text string
}

// String returns "file:line: key: text", which editors and CI turn into a link.
func (p Problem) String() string {
	if p.Key == "" {
		return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Text)
	}
	return fmt.Sprintf("%s:%d: %s: %s", p.File, p.Line, p.Key, p.Text)
}

// Problems is an error whose text has one line for each problem.
type Problems []Problem

func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.String()
	}
	return strings.Join(lines, "\n")
}

// OrNil returns p as an error, or nil when p is empty.
func (p Problems) OrNil() error {
	if len(p) == 0 {
		return nil
	}
	return p
}

// Sorted returns a copy in the order of the lines, which is the same on every run.
func (p Problems) Sorted() Problems {
	p = slices.Clone(p)
	slices.SortFunc(p, func(a, b Problem) int {
		return cmp.Or(a.Line-b.Line, strings.Compare(a.Key, b.Key), strings.Compare(a.Text, b.Text))
	})
	return p
}
