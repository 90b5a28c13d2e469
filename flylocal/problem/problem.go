// Package problem has the errors that Fly answers: each with its HTTP status and Fly's own text.
package problem

import (
	"fmt"
	"net/http"
)

// Problem is an error for the client, in Fly's words and with Fly's status.
type Problem struct {
	Status int
	Code   string // machine-readable, where Fly has one
	Text   string
}

func (p *Problem) Error() string { return p.Text }

// New returns a problem with a status and a text.
func New(status int, format string, args ...any) *Problem {
	return &Problem{Status: status, Text: fmt.Sprintf(format, args...)}
}

// NoApp is the answer for an app that does not exist.
func NoApp() *Problem { return New(http.StatusNotFound, "app not found") }

// NoMachine is the answer for a machine that does not exist.
func NoMachine() *Problem { return New(http.StatusNotFound, "machine not found") }
