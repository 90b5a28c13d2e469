//go:build acceptance

package acceptance

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"sync"
	"testing"
	"time"
)

// command is a program with its arguments, folder and environment.
type command struct {
	dir  string
	env  []string
	args []string
}

// result is how a command ended.
type result struct {
	stdout, stderr string
	all            string // both, in the order of their lines
	code           int
	took           time.Duration
}

// failure returns the error of a command that did not run or did not succeed, with its output.
func (r result) failure(err error) error {
	if err == nil && r.code == 0 {
		return nil
	}
	return fmt.Errorf("%w\n%s", cmp.Or(err, fmt.Errorf("exit code %d", r.code)), r.all)
}

// commandLimit ends a single command: a cold engine builds the module and the image within it.
const commandLimit = 30 * time.Minute

// watch runs the command and returns its output line by line, until the command ends or the context does.
func (c command) watch(ctx context.Context, t testing.TB) <-chan string {
	t.Helper()
	read, write := io.Pipe()
	lines, ended := make(chan string), make(chan struct{})
	run := exec.CommandContext(ctx, c.args[0], c.args[1:]...)
	run.Dir, run.Env, run.Stdout, run.Stderr = c.dir, c.env, write, write
	go func() {
		defer close(ended)
		_ = write.CloseWithError(commands.run(ctx, run))
	}()
	go func() {
		defer close(lines)
		for scanner := bufio.NewScanner(read); scanner.Scan(); {
			select {
			case lines <- scanner.Text():
			case <-ctx.Done(): // go on reading, so that the command can end
			}
		}
	}()
	t.Cleanup(func() { <-ended })
	return lines
}

// run runs the command to its end.
func (c command) run(t testing.TB) result {
	t.Helper()
	s, err := c.try(context.Background())
	if err != nil {
		t.Fatalf("%v: %v\n%s", c.args, err, s.all)
	}
	t.Logf("%.1f s, exit code %d: %v", s.took.Seconds(), s.code, c.args)
	return s
}

// ok runs the command, which must succeed.
func (c command) ok(t testing.TB) result {
	t.Helper()
	s := c.run(t)
	if s.code != 0 {
		t.Fatalf("%v: exit code %d\n%s", c.args, s.code, s.all)
	}
	return s
}

// try runs the command until it ends or the context does, and then kills it with all processes it started.
func (c command) try(ctx context.Context) (result, error) {
	ctx, cancel := context.WithTimeout(ctx, commandLimit)
	defer cancel()
	var stdout, stderr bytes.Buffer
	var all locked
	run := exec.CommandContext(ctx, c.args[0], c.args[1:]...)
	run.Dir, run.Env = c.dir, c.env
	run.Stdout, run.Stderr = io.MultiWriter(&stdout, &all), io.MultiWriter(&stderr, &all)
	start := time.Now()
	err := commands.run(ctx, run)
	s := result{stdout.String(), stderr.String(), all.String(), run.ProcessState.ExitCode(), time.Since(start)}
	var exit *exec.ExitError
	if errors.As(err, &exit) && ctx.Err() == nil {
		err = nil
	}
	return s, err
}

// locked is a buffer for concurrent writers.
type locked struct {
	sync.Mutex
	bytes.Buffer
}

func (l *locked) Write(p []byte) (int, error) {
	l.Lock()
	defer l.Unlock()
	return l.Buffer.Write(p)
}
