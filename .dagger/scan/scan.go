package scan

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/step"

	"github.com/renewa/pipeline/ci/scan/finding"
	"github.com/renewa/pipeline/ci/scan/scanner"
	steps "github.com/renewa/pipeline/ci/verify/step"
)

var forms = map[string]func(finding.Report) (string, error){
	"text":  func(r finding.Report) (string, error) { return r.String(), nil },
	"md":    func(r finding.Report) (string, error) { return r.Markdown(), nil },
	"json":  func(r finding.Report) (string, error) { return r.JSON(), nil },
	"sarif": finding.Report.SARIF,
}

// Print runs some scanners, all when none are named, and returns their report in a format. A report that fails is the
// error.
func (s Scanners) Print(ctx context.Context, name, format string, only ...string) (string, error) {
	form, known := forms[format]
	if !known {
		return "", fmt.Errorf("unknown format %q: use text, md, json or sarif", format)
	}
	report, _, err := s.report(ctx, name, only...)
	if err != nil {
		return "", err
	}
	text, err := form(report)
	if err == nil && !report.Passed() {
		return "", errors.New(text)
	}
	return text, err
}

// Report returns the report of all scanners in every format, and the bills of materials of the image.
func (s Scanners) Report(ctx context.Context) (*dagger.Directory, error) {
	report, results, err := s.report(ctx, "scan")
	if err != nil {
		return nil, err
	}
	out := dag.Directory()
	for name, form := range map[string]string{"scan.txt": "text", "scan.md": "md", "scan.json": "json", "scan.sarif": "sarif"} {
		text, err := forms[form](report)
		if err != nil {
			return nil, err
		}
		out = out.WithNewFile(name, text)
	}
	for _, bill := range scanner.Bills {
		if of := results[steps.TrivyImageStep]; of != nil {
			out = out.WithFile(bill, of.File(bill))
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

// report runs some scanners side by side, all when none are named, and merges their findings.
func (s Scanners) report(ctx context.Context, name string, only ...string) (finding.Report, map[string]*dagger.Directory, error) {
	if s.Scan == nil {
		return finding.Report{}, nil, steps.NoScan(name)
	}
	policy, err := s.policy(ctx)
	if err != nil {
		return finding.Report{}, nil, err
	}
	scans := slices.DeleteFunc(s.makers(), func(m maker) bool { return len(only) > 0 && !slices.Contains(only, m.name) })
	if len(scans) == 0 {
		return finding.Report{}, nil, steps.NoLockfile(name)
	}
	found, missing, results := s.sideBySide(ctx, scans)
	report := scanner.Report(name, found, missing, policy, time.Now())
	if len(only) == 0 && len(missing) == 0 {
		report.Idle = policy.Idle(report.Findings)
	}
	return report, results, nil
}

// sideBySide returns what scanners found, why others did not run, and the output of those that ran, by name.
func (s Scanners) sideBySide(ctx context.Context, scans []maker) (found []scanner.Found, missing []error, results map[string]*dagger.Directory) {
	outcomes := make([]outcome, len(scans))
	var running sync.WaitGroup
	for i, m := range scans {
		running.Go(func() { outcomes[i] = s.run(ctx, m) })
	}
	running.Wait()
	results = map[string]*dagger.Directory{}
	for i, o := range outcomes {
		if o.err != nil {
			missing = append(missing, o.err)
			continue
		}
		found, results[scans[i].name] = append(found, o.found), o.results
	}
	return found, missing, results
}

// An outcome is what one scanner found and left, or why it did not run.
type outcome struct {
	found   scanner.Found
	results *dagger.Directory
	err     error
}

func (s Scanners) run(ctx context.Context, m maker) (o outcome) {
	made, err := m.make(ctx)
	if err != nil {
		return outcome{err: step.NotRun(m.name, "", err)}
	}
	o.results, _, o.err = s.step(made, func(found scanner.Found, _ *steps.Verdict) { o.found = found }).Run(ctx, s.Options.Again)
	return o
}

// policy returns what the app lets pass, with its baseline. A baseline that is being written may be missing.
func (s Scanners) policy(ctx context.Context) (finding.Policy, error) {
	policy := finding.NewPolicy(*s.Scan)
	file := s.Scan.Baseline
	if file == "" {
		return policy, nil
	}
	there, err := s.Files.Exists(ctx, file)
	switch {
	case err != nil:
		return policy, fmt.Errorf("look for the baseline %s: %w", file, err)
	case !there && s.Options.Baseline:
		return policy, nil
	case !there:
		return policy, fmt.Errorf("the baseline %s, which [scan] names, does not exist\nto create it: dagger call scanner baseline -o %s", file, file)
	}
	text, err := s.Files.File(file).Contents(ctx)
	if err != nil {
		return policy, fmt.Errorf("read the baseline %s: %w", file, err)
	}
	policy.Baseline, err = finding.ParseBaseline(file, []byte(text))
	return policy, err
}
