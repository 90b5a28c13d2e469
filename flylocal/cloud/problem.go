package cloud

import "fmt"

// Problem is an answer other than yes, in the words and with the status Fly uses.
type Problem struct {
	Status int
	Code   string // machine-readable, where Fly has one
	Text   string
}

func (p *Problem) Error() string { return p.Text }

func problem(status int, format string, args ...any) *Problem {
	return &Problem{Status: status, Text: fmt.Sprintf(format, args...)}
}

func noApp() *Problem     { return problem(404, "app not found") }
func noMachine() *Problem { return problem(404, "machine not found") }
