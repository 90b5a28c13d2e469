package secret

import (
	"fmt"
	"strings"

	"github.com/renewa/pipeline/ci/config/spelling"
)

var (
	_ interface{ Hint() string } = (*MissingError)(nil)
	_ interface{ Hint() string } = (*StageError)(nil)
)

// A MissingError lists every required secret that is absent or empty.
type MissingError struct {
	Names      []string // sorted; a prefix ends in a star
	Undeclared []string // names that were given and nobody declared
}

func (e *MissingError) Error() string {
	return "check secrets: missing or empty: " + strings.Join(e.Names, ", ")
}

// Hint pairs a missing name with a given one that looks like its misspelling.
func (e *MissingError) Hint() string {
	for _, given := range e.Undeclared {
		if meant := spelling.Nearest(given, e.Names); meant != "" {
			return fmt.Sprintf("%s is given, but pipeline.toml does not declare it: did you mean %s?", given, meant)
		}
	}
	return "add these secrets to the file or variable that --secrets refers to"
}

// A StageError is a set that belongs to another stage than the one it was given
// for. It does not repeat the name in the set, which comes from the same file as
// the secrets.
type StageError struct {
	Stage string // the one it was given for
}

func (e *StageError) Error() string {
	return fmt.Sprintf("read secrets for environment %s: %s in them names another environment", e.Stage, Stamp)
}

// Hint explains the stamp.
func (e *StageError) Hint() string {
	return fmt.Sprintf("give the secrets of environment %s: %s keeps the secrets of one environment out of another", e.Stage, Stamp)
}

// A ParseError lists everything that is wrong with a file of secrets. It holds
// lines and names, never values, and no name that could be part of a value.
type ParseError struct {
	Problems []Problem
}

// A Problem is one of them.
type Problem struct {
	Line int
	Text string
}

func (e *ParseError) Error() string {
	var b strings.Builder
	b.WriteString("read secrets:")
	for _, p := range e.Problems {
		fmt.Fprintf(&b, "\n  line %d: %s", p.Line, p.Text)
	}
	return b.String()
}
