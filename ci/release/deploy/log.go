package deploy

import (
	"context"
	"slices"
	"strings"
	"time"
)

// unhealthy takes the machine's last words. It has a deadline of its own: the run's may be over.
func (r *run) unhealthy(id, why string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	lines, err := r.tail(ctx, id, 20)
	if err != nil {
		lines = []string{"(its log could not be read: " + err.Error() + ")"}
	}
	return &UnhealthyError{Machine: id, Why: why, Log: lines}
}

// tail returns a machine's last log lines, without the values of the secrets it was given: a program that
// does not start likes to tell its configuration.
func (r *run) tail(ctx context.Context, id string, last int) ([]string, error) {
	lines, err := r.fly.Logs(ctx, r.Config.App, id)
	if n := len(lines) - last; n > 0 {
		lines = lines[n:]
	}
	hide := r.hidden()
	for i := range lines {
		lines[i] = hide.Replace(lines[i])
	}
	return lines, err
}

// lastWords is the tail of a machine that has ended. Lines arrive later than the end they tell of: they are
// waited for until Fly's own last line is among them, or for as long as Fly's own client waits.
func (r *run) lastWords(ctx context.Context, id string, last int) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, r.pace.words)
	defer cancel()
	var known []string
	for wait := r.pace.polling(); ; {
		lines, err := r.tail(ctx, id, last)
		switch {
		case err != nil && ctx.Err() == nil:
			return known, err
		case err == nil:
			known = lines
		}
		over := func(line string) bool { return strings.HasPrefix(strings.TrimSpace(line), "Main child ") }
		if slices.ContainsFunc(known, over) || !wait.next(ctx) {
			return known, nil
		}
	}
}

// hidden masks values line by line, as a log would show them. Short ones are words like "true".
func (r Request) hidden() *strings.Replacer {
	var pairs []string
	for _, v := range r.Secrets.All() {
		for line := range strings.Lines(v.Reveal()) {
			if line = strings.TrimSpace(line); len(line) >= 6 {
				pairs = append(pairs, line, "***")
			}
		}
	}
	return strings.NewReplacer(pairs...)
}
