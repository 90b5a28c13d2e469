// Command suites runs test suites side by side and ends with a table of them:
//
//	suites -command 'sh suite.sh' -jobs 2 -logs .test -last leftovers 'unit=90 s' 'acceptance=25 min' 'leftovers=2 s'
//
// Each argument is a suite with its usual time. The command runs it when the suite's name is added, and prints the events
// of `go test -json`. The suites begin in the order given; the last one runs alone, when all others have ended or were
// interrupted.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"text/tabwriter"

	"golang.org/x/sync/errgroup"
)

func main() {
	command := flag.String("command", "", "the program that runs a suite, and its first arguments")
	jobs := flag.Int("jobs", 2, "how many suites run at once")
	logs := flag.String("logs", ".", "folder of the suites' logs")
	last := flag.String("last", "", "name of the suite that runs alone, after all others")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	var side []*suite
	var alone []*suite
	for _, arg := range flag.Args() {
		name, usually, _ := strings.Cut(arg, "=")
		s := &suite{name: name, usually: usually, logs: *logs, command: append(strings.Fields(*command), name)}
		if name == *last {
			alone = append(alone, s)
		} else {
			side = append(side, s)
		}
	}
	p := newProgress(os.Stderr)
	context.AfterFunc(ctx, func() {
		p.line("interrupted", fmt.Sprintf("the suites remove what they started (%s at most)", grace))
	})
	runAll(ctx, p, side, *jobs)
	runLast(ctx, p, alone)
	if failed := table(os.Stdout, append(side, alone...)); failed > 0 {
		os.Exit(1)
	}
}

// runAll runs the suites, so many at once.
func runAll(ctx context.Context, p *progress, suites []*suite, jobs int) {
	done := make(chan struct{})
	defer close(done)
	go p.watch(done)
	var group errgroup.Group
	group.SetLimit(jobs)
	for _, s := range suites {
		group.Go(func() error { s.run(ctx, p); return nil })
	}
	_ = group.Wait()
}

// runLast runs the suites that run alone, also after an interrupt, which they find in INTERRUPTED.
func runLast(ctx context.Context, p *progress, alone []*suite) {
	if ctx.Err() != nil {
		for _, s := range alone {
			s.env = append(s.env, "INTERRUPTED=1")
		}
		ctx = context.WithoutCancel(ctx)
	}
	runAll(ctx, p, alone, 1)
}

// table prints every suite, every skip with its reason, every failure with the end of its output, and the sums alone on the last line. It returns
// the number of failures.
func table(out io.Writer, suites []*suite) int {
	var sum tally
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nsuite\tseconds\tpassed\tfailed\tskipped")
	for _, s := range suites {
		fmt.Fprintf(w, "%s\t%.0f\t%d\t%d\t%d\n", s.name, s.took.Seconds(), s.passed, s.failed, s.skipped)
		sum.passed, sum.failed, sum.skipped = sum.passed+s.passed, sum.failed+s.failed, sum.skipped+s.skipped
	}
	_ = w.Flush()
	fmt.Fprintln(out)
	for _, s := range suites {
		s.printSkips(out)
	}
	for _, s := range suites {
		for _, f := range s.failures {
			fmt.Fprintf(out, "failed: %s: %s\n", s.name, f.what)
			for _, line := range f.output {
				fmt.Fprintf(out, "    %s\n", strings.TrimSpace(line))
			}
		}
		if s.failed > 0 {
			fmt.Fprintf(out, "log: %s/%s.log\n", s.logs, s.name)
		}
	}
	fmt.Fprintf(out, "%d passed, %d failed, %d skipped\n", sum.passed, sum.failed, sum.skipped)
	return sum.failed
}

// printSkips prints each reason once, with the tests that it kept from running.
func (s *suite) printSkips(out io.Writer) {
	tests := map[string][]string{}
	for _, skip := range s.skips {
		tests[skip.reason] = append(tests[skip.reason], skip.test)
	}
	for _, reason := range slices.Sorted(maps.Keys(tests)) {
		fmt.Fprintf(out, "skipped: %s: %s (%s)\n", s.name, reason, strings.Join(tests[reason], ", "))
	}
}
