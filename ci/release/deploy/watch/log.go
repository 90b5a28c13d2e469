package watch

import (
	"context"
	"slices"
	"strings"
	"time"
)

// NewUnhealthyError returns an *UnhealthyError with the machine's last log lines. It reads the log with a timeout of its own,
// causeOf the deploy's context may have ended.
func (w Watcher) NewUnhealthyError(id, why string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	lines, err := w.Tail(ctx, id, 20)
	if err != nil {
		lines = []string{"(its log could not be read: " + err.Error() + ")"}
	}
	return &UnhealthyError{Machine: id, Why: why, Log: lines}
}

// Tail returns the last log lines of a machine. It masks secrets, because a program that fails to start often prints its
// configuration.
func (w Watcher) Tail(ctx context.Context, id string, last int) ([]string, error) {
	lines, err := w.Fly.Logs(ctx, w.App, id)
	if n := len(lines) - last; n > 0 {
		lines = lines[n:]
	}
	for i := range lines {
		lines[i] = w.Mask.Replace(lines[i])
	}
	return lines, err
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
