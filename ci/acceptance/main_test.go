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
	code := m.Run()
	if err := ground.remove(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}
