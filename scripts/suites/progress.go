package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"
)

// progress prints one line per verdict, each with the name of its suite, and after 15 silent seconds what is running.
type progress struct {
	mu      sync.Mutex
	out     io.Writer
	begun   time.Time
	last    time.Time // of the last line
	running []*suite
}

const silence = 15 * time.Second

func newProgress(out io.Writer) *progress {
	now := time.Now()
	return &progress{out: out, begun: now, last: now}
}

// line prints a line of a suite.
func (p *progress) line(name, text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = time.Now()
	fmt.Fprintf(p.out, "[%4.0fs] %s: %s\n", p.last.Sub(p.begun).Seconds(), name, text)
}

// quote prints lines of a test's own output.
func (p *progress) quote(s *suite, lines []string) {
	const most = 300
	if dropped := len(lines) - most; dropped > 0 {
		p.line(s.name, fmt.Sprintf("%d lines more in %s/%s.log", dropped, s.logs, s.name))
		lines = lines[dropped:]
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, line := range lines {
		if trimmed := strings.TrimRight(line, "\n"); trimmed != "" {
			fmt.Fprintf(p.out, "    %s\n", trimmed)
		}
	}
}

func (p *progress) begin(s *suite) {
	p.line(s.name, "begins (usually "+s.usually+")")
	p.mu.Lock()
	defer p.mu.Unlock()
	s.begun = time.Now()
	p.running = append(p.running, s)
}

func (p *progress) end(s *suite) {
	p.mu.Lock()
	s.took = time.Since(s.begun)
	p.running = slices.DeleteFunc(p.running, func(other *suite) bool { return other == s })
	p.mu.Unlock()
	p.line(s.name, fmt.Sprintf("ends after %.0f s: %d passed, %d failed, %d skipped", s.took.Seconds(), s.passed, s.failed, s.skipped))
}

// beat prints what is running, when nothing was printed for 15 s until now.
func (p *progress) beat(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now.Sub(p.last) < silence || len(p.running) == 0 {
		return
	}
	p.last = now
	var all []string
	for _, s := range p.running {
		text := fmt.Sprintf("%s for %.0f s (usually %s) %s", s.name, now.Sub(s.begun).Seconds(), s.usually, s.current)
		all = append(all, strings.TrimSpace(text))
	}
	fmt.Fprintf(p.out, "[%4.0fs] still running %s\n", now.Sub(p.begun).Seconds(), strings.Join(all, "; "))
}

// watch calls beat every second until it is stopped.
func (p *progress) watch(stop <-chan struct{}) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case now := <-tick.C:
			p.beat(now)
		}
	}
}
