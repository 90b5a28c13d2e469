package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// suite is a program that prints the events of `go test -json`.
type suite struct {
	name    string
	usually string // how long it takes
	command []string
	logs    string   // folder of the log
	env     []string // beside that of this program

	tally
	begun time.Time
	took  time.Duration
}

// run runs the suite to its end, prints its verdicts and keeps its output in a log. A suite that fails without a failed
// test, and one that runs no test, count as one failure.
func (s *suite) run(ctx context.Context, p *progress) {
	p.begin(s)
	defer p.end(s)
	log, err := os.Create(filepath.Join(s.logs, s.name+".log"))
	if err != nil {
		s.fail(p, err.Error())
		return
	}
	defer log.Close()

	err = s.start(ctx, log, p)
	switch {
	case ctx.Err() != nil:
		s.fail(p, "stopped before its end")
	case err != nil && s.failed == 0:
		s.fail(p, fmt.Sprintf("%v, although no test failed; its log is %s", err, log.Name()))
		p.quote(s, tail(log.Name(), 30))
	case s.passed+s.failed+s.skipped == 0:
		s.fail(p, "ran no test; its log is "+log.Name())
	}
}

// grace is how long a suite that is interrupted may take to remove its containers and processes.
const grace = 2 * time.Minute

// start runs the program to its end. When the context ends, every process of the suite gets the signal of Ctrl-C: test2json
// and `go test` ignore it and wait for the tests, which remove what they started. Then the rest of the group is killed.
func (s *suite) start(ctx context.Context, log *os.File, p *progress) error {
	read, write, err := os.Pipe() // no io.Pipe: Run would wait for processes in the background, which keep it open
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, s.command[0], s.command[1:]...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) }
	cmd.WaitDelay = grace
	cmd.Stdout, cmd.Stderr = write, log
	cmd.Env = append(os.Environ(), s.env...)
	done := make(chan struct{})
	go func() { defer close(done); s.read(read, log, p) }()
	err = cmd.Run()
	_ = write.Close()
	if ctx.Err() != nil && cmd.Process != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	}
	select {
	case <-done:
	case <-time.After(20 * time.Second):
	}
	_ = read.Close()
	<-done
	return err
}

func (s *suite) fail(p *progress, why string) {
	s.failed++
	s.failures = append(s.failures, failure{what: why})
	p.line(s.name, "FAIL "+why)
}

// read takes the events from the suite's output. A line that is no event goes to the log as it is.
func (s *suite) read(from io.Reader, log io.Writer, p *progress) {
	lines := bufio.NewReader(from)
	for {
		line, err := lines.ReadBytes('\n')
		var e event
		if json.Unmarshal(line, &e) != nil {
			_, _ = log.Write(line)
		} else {
			_, _ = io.WriteString(log, e.Output)
			p.mu.Lock()
			output := s.add(e)
			p.mu.Unlock()
			if e.Action == "build-output" {
				output = []string{e.Output}
			}
			s.report(e, output, p)
		}
		if err != nil {
			return
		}
	}
}

// report prints the verdict of a test, or of a package in a suite of several packages.
func (s *suite) report(e event, output []string, p *progress) {
	verdict := map[string]string{"pass": "PASS", "fail": "FAIL", "skip": "SKIP"}[e.Action]
	several := strings.Contains(e.Package, "/")
	switch {
	case e.Action == "build-output":
	case verdict == "" || strings.Contains(e.Test, "/") && e.Action == "pass":
		return
	case several && e.Test == "":
		if e.Action != "skip" { // a package without tests
			p.line(s.name, fmt.Sprintf("%s %s (%.1f s)", verdict, e.Package, e.Elapsed))
		}
	case e.Test != "" && e.Action == "skip" && !several:
		p.line(s.name, "SKIP "+e.Test+": "+s.skips[len(s.skips)-1].reason)
	case e.Test != "" && (e.Action == "fail" || !several):
		p.line(s.name, fmt.Sprintf("%s %s (%.1f s)", verdict, e.Test, e.Elapsed))
	}
	p.quote(s, output)
}

// tail is the end of a file, in lines.
func tail(name string, n int) []string {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil
	}
	lines := strings.SplitAfter(string(text), "\n")
	return lines[max(0, len(lines)-n):]
}
