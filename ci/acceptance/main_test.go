//go:build acceptance

// Package acceptance runs the real commands on a real engine, against a flylocal of its own.
package acceptance

import (
	"fmt"
	"os"
	"testing"
)

// What the tests share is started by the first that needs it and removed here, whatever happened.
func TestMain(m *testing.M) {
	// The commands are a user's own, not those of the make that runs the tests: a make inside another says more.
	for _, name := range []string{"MAKEFLAGS", "MFLAGS", "MAKELEVEL"} {
		_ = os.Unsetenv(name)
	}
	code := m.Run()
	if err := ground.remove(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}
