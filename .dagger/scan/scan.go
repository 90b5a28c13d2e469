package scan

import (
	"context"
	"slices"
	"sync"
	"time"

	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/scan/finding"
	"github.com/renewa/pipeline/ci/scan/scanner"
	steps "github.com/renewa/pipeline/ci/verify/step"
)

// Print runs some scanners, all when none are named, and returns their report in a format. A report that fails is the
// error.
func (s Scanners) Print(ctx context.Context, name, format string, only ...string) (string, error) {
	form, err := finding.FormOf(format)
	if err != nil {
		return "", err
	}
	report, _, err := s.report(ctx, name, only...)
	if err != nil {
		return "", err
	}
	return report.Text(form)
}

// Report returns the report of all scanners in every format, and the bills of materials of the image.
func (s Scanners) Report(ctx context.Context) (*dagger.Directory, error) {
	report, image, err := s.report(ctx, "scan")
	if err != nil {
		return nil, err
	}
	files, err := report.Files()
	if err != nil {
		return nil, err
	}
	out := dag.Directory()
	for _, file := range files {
		out = out.WithNewFile(file.Name, file.Text)
	}
	if image != nil {
		for _, bill := range scanner.Bills {
			out = out.WithFile(bill, image.File(bill))
		}
	}
	return out, nil
}

// Baseline returns a baseline of all that fails now.
func (s Scanners) Baseline(ctx context.Context) (*dagger.File, error) {
	s.Options.Baseline = true
	report, _, err := s.report(ctx, "scan")
	if err != nil {
		return nil, err
	}
	text, err := finding.WriteBaseline(report)
	return dag.File("baseline.toml", text), err
}

// report runs some scanners side by side, all when none are named, and merges their findings. It returns the output of
// the scanner of the image; nil when that did not run.
func (s Scanners) report(ctx context.Context, name string, only ...string) (finding.Report, *dagger.Directory, error) {
	names, err := scanner.Selected(s.Scan, name, only)
	if err != nil {
		return finding.Report{}, nil, err
	}
	policy, err := s.policy(ctx)
	if err != nil {
		return finding.Report{}, nil, err
	}
	outcomes, results := make([]scanner.Outcome, len(names)), make([]*dagger.Directory, len(names))
	by := s.scans()
	var running sync.WaitGroup
	for i, name := range names {
		running.Go(func() { outcomes[i], results[i] = s.run(ctx, name, by[name]) })
	}
	running.Wait()
	report := scanner.ReportOf(name, outcomes, len(only) == 0, policy, time.Now())
	if i := slices.Index(names, steps.TrivyImageStep); i >= 0 {
		return report, results[i], nil
	}
	return report, nil, nil
}

// run runs one scanner. A scanner that did not run has no results.
func (s Scanners) run(ctx context.Context, name string, of maker) (o scanner.Outcome, _ *dagger.Directory) {
	made, err := of(ctx)
	if err != nil {
		return scanner.Outcome{Err: steps.NotRunError(name, "", err)}, nil
	}
	results, _, err := s.step(made, func(found scanner.Found, _ *steps.Verdict) { o.Found = found }).Run(ctx, s.Options.Again)
	if err != nil {
		return scanner.Outcome{Err: err}, nil
	}
	return o, results
}

// policy returns what the app lets pass, with its baseline.
func (s Scanners) policy(ctx context.Context) (finding.Policy, error) {
	return finding.ReadPolicy(*s.Scan, func(name string) ([]byte, error) { return s.Read(ctx, name) }, s.Options.Baseline)
}
