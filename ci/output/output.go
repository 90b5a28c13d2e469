// Package output is how text leaves the pipeline: the errors that a call ends with, and the lines of its progress.
package output

import (
	"errors"
	"fmt"
	"strings"
)

// Progress prints a line about what is happening to the progress of the call.
func Progress(format string, args ...any) { fmt.Printf("· "+format+"\n", args...) }

// Warnings prints a line for each warning.
func Warnings[W any](list []W) {
	for _, w := range list {
		Progress("warning: %v", w)
	}
}

// Error returns an error whose text ends with the advice of err and of every error inside err, each advice once.
// Advice is what a Hint method returns.
func Error(err error) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	for _, hint := range hints(err) {
		if !strings.Contains(text, hint) {
			text += "\n" + hint
		}
	}
	return errors.New(text)
}

func hints(err error) []string {
	var list []string
	if h, ok := err.(interface{ Hint() string }); ok && h.Hint() != "" {
		list = append(list, h.Hint())
	}
	switch e := err.(type) { //nolint:errorlint // hints follows the wrapped errors itself
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			list = append(list, hints(inner)...)
		}
	case interface{ Unwrap() error }:
		list = append(list, hints(e.Unwrap())...)
	}
	return list
}
