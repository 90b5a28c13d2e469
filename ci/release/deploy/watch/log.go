package watch

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/release/deploy/machine"
)

// NewUnhealthyError returns an *UnhealthyError with the log of the machine's present version. It reads the log with a
// timeout of its own, because the deploy's context may have ended.
func (w Watcher) NewUnhealthyError(m *fly.Machine, why string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	lines, err := w.tail(ctx, m.ID, machine.FirstStart(m), 20)
	if err != nil {
		lines = []string{"(its log could not be read: " + err.Error() + ")"}
	}
	return &UnhealthyError{Machine: m.ID, Why: why, Log: lines}
}

// Tail returns the last log lines of a machine.
func (w Watcher) Tail(ctx context.Context, id string, last int) ([]string, error) {
	return w.tail(ctx, id, time.Time{}, last)
}

// tail returns the last log lines of a machine since a time, each once, with a count where it was written several times. It
// masks secrets, because a program that fails to start often prints its configuration.
func (w Watcher) tail(ctx context.Context, id string, since time.Time, last int) ([]string, error) {
	lines, err := w.Fly.Logs(ctx, w.App, id, since)
	for i := range lines {
		lines[i] = w.Mask.Replace(lines[i])
	}
	lines = counted(lines)
	return lines[max(0, len(lines)-last):], err
}

// counted returns each line once, in the order of their first appearance, with the number of times.
func counted(lines []string) []string {
	times := map[string]int{}
	var once []string
	for _, line := range lines {
		if times[line]++; times[line] == 1 {
			once = append(once, line)
		}
	}
	for i, line := range once {
		if n := times[line]; n > 1 {
			once[i] = fmt.Sprintf("%s (%d times)", line, n)
		}
	}
	return once
}

// TailOfEnded returns the last log lines of a machine that has ended. Log lines arrive late, so TailOfEnded waits until
// the line that Fly itself writes last has arrived, or for Pace.Log.
func (w Watcher) TailOfEnded(ctx context.Context, id string, last int) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, w.Pace.Log)
	defer cancel()
	var known []string
	for poll := w.newPoll(); ; {
		lines, err := w.Tail(ctx, id, last)
		switch {
		case err != nil && ctx.Err() == nil:
			return known, err
		case err == nil:
			known = lines
		}
		over := func(line string) bool { return strings.HasPrefix(strings.TrimSpace(line), "Main child ") }
		if slices.ContainsFunc(known, over) || !poll.next(ctx) {
			return known, nil
		}
	}
}
