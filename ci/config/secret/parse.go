package secret

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"unicode/utf8"
)

// Stamp is the reserved name whose value is the environment that a set belongs to. Parse compares the value and removes
// the name from the set, so that it is never sent.
const Stamp = "PIPELINE_STAGE"

var validName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// Parse returns the secrets of one environment. data is a dotenv file or, when its first character is a brace, a JSON
// object: of names and texts, or with such an object for each environment. A *ParseError has all problems at once; a
// set whose stamp names another environment is a *StageError.
func Parse(data []byte, stage string) (Set, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if p, ok := encodingProblem(data); ok {
		return Set{}, &ParseError{Problems: []Problem{p}}
	}
	read := readDotenv
	if bytes.TrimSpace(data)[0] == '{' {
		read = readJSON
	}
	entries, problems := read(data, stage)
	problems = append(problems, duplicates(entries)...)
	if len(problems) > 0 {
		slices.SortStableFunc(problems, func(a, b Problem) int { return a.Line - b.Line })
		return Set{}, &ParseError{Problems: problems}
	}
	return setFor(entries, stage)
}

// encodingProblem returns the problem of data that cannot be read line by line.
func encodingProblem(data []byte) (Problem, bool) {
	switch {
	case len(bytes.TrimSpace(data)) == 0:
		return Problem{Line: 1, Text: "the file given to --secrets is empty: write NAME=value lines, or a JSON object"}, true
	case !utf8.Valid(data):
		return Problem{Line: 1, Text: "it is not UTF-8 text: was it saved as UTF-16, or is it encrypted?"}, true
	case bytes.IndexByte(data, 0) >= 0:
		return Problem{Line: lineAt(data, bytes.IndexByte(data, 0)), Text: "it holds a zero byte, which no environment can carry"}, true
	}
	return Problem{}, false
}

// An entry is one name of the file with its value and line.
type entry struct {
	name, value string
	line        int
	given       bool // false for null and empty text in JSON
}

// duplicates returns a problem for each repeated name, because readers of such files disagree on which value counts.
func duplicates(entries []entry) (problems []Problem) {
	first := map[string]int{}
	for _, e := range entries {
		if line, ok := first[e.name]; ok {
			problems = append(problems, Problem{e.line, fmt.Sprintf("%s is already on line %d", e.name, line)})
			continue
		}
		first[e.name] = e.line
	}
	return problems
}

// setFor returns the set of the entries without the stamp, or a *StageError when the stamp names another environment.
func setFor(entries []entry, stage string) (Set, error) {
	i := slices.IndexFunc(entries, func(e entry) bool { return e.name == Stamp })
	if i >= 0 && entries[i].value != stage {
		return Set{}, &StageError{Stage: stage}
	}
	plain := make(map[string]string, len(entries))
	for _, e := range entries {
		if e.given {
			plain[e.name] = e.value
		}
	}
	delete(plain, Stamp)
	return NewSet(plain), nil
}

// lineAt returns the line of the byte at offset, counted from 1.
func lineAt(data []byte, offset int) int {
	return 1 + bytes.Count(data[:min(offset, len(data))], []byte("\n"))
}
