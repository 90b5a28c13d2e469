package suite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// A migrator is the command that ships, and the variable in which it finds the address of its database.
type migrator struct {
	command  []string
	variable string
}

// run runs the migrator on the database at an address. ok is whether the migrator exited with 0.
func (m migrator) run(ctx context.Context, address string) (output string, ok bool, err error) {
	c := exec.CommandContext(ctx, m.command[0], m.command[1:]...)
	c.Env = append(os.Environ(), m.variable+"="+address)
	out, err := c.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return "", false, fmt.Errorf("the migrator %s cannot be run: %w", m.command[0], err)
	}
	return strings.TrimSpace(string(out)), err == nil, ctx.Err()
}

func (m migrator) String() string { return strings.Join(m.command, " ") }

// lastLines returns the last ten lines of an output.
func lastLines(output string) string {
	lines := strings.Split(output, "\n")
	return strings.Join(lines[max(0, len(lines)-10):], "\n")
}
