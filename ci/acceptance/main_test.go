//go:build acceptance

// Package acceptance runs the real commands on a real engine, against a flylocal of its own.
package acceptance

import (
	"errors"
	"fmt"
	"os"
	"testing"
)

// The first test that needs what the tests share starts it. TestMain removes it, also after a failure.
func TestMain(m *testing.M) {
	// The commands are a user's own: a make inside another make prints more.
	for _, name := range []string{"MAKEFLAGS", "MFLAGS", "MAKELEVEL"} {
		_ = os.Unsetenv(name)
	}
	removeOnSignal()
	code := m.Run()
	if commands.interrupted() {
		select {} // until removeOnSignal has removed everything
	}
	if err := errors.Join(ground.remove(), removeImage()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// soak is how often a test repeats what may go wrong at one moment in many: a few times in every run, often where
// PIPELINE_LONG=1 asks for it (make long).
func soak(few, many int) int {
	if long() {
		return many
	}
	return few
}

func long() bool { return os.Getenv("PIPELINE_LONG") == "1" }
