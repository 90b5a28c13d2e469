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
	Undeclared []string // given names that are not declared
}

func (e *MissingError) Error() string {
	return "check secrets: missing or empty: " + strings.Join(e.Names, ", ")
}

// Hint names a given secret that is probably a misspelling of a missing one.
func (e *MissingError) Hint() string {
	for _, given := range e.Undeclared {
		if meant := spelling.Nearest(given, e.Names); meant != "" {
			return fmt.Sprintf("%s is given, but pipeline.toml does not declare it: did you mean %s?", given, meant)
		}
	}
	return "add these secrets to the file or variable that --secrets refers to"
}

// A StageError is returned for secrets whose stamp names another environment. The message does not quote the stamp,
// which comes from the same file as the secrets.
type StageError struct {
	Stage string // the environment that the secrets were given for
}

func (e *StageError) Error() string {
	return fmt.Sprintf("read secrets for environment %s: %s in them names another environment", e.Stage, Stamp)
}

// Hint explains the stamp.
func (e *StageError) Hint() string {
	return fmt.Sprintf("give the secrets of environment %s: %s keeps the secrets of one environment out of another", e.Stage, Stamp)
}

// A ParseError lists all problems of a file of secrets. It contains line numbers and names, never a value, and no name
// that could be part of a value.
type ParseError struct {
	Problems []Problem
}

// A Problem is one problem of a file of secrets, and its line.
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
