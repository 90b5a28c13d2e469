package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/scan/finding"
	"github.com/renewa/pipeline/ci/scan/scanner"
	"github.com/renewa/pipeline/ci/verify/check"
)

const noScan = "pipeline.toml has no [scan], so no scanner runs: add it, empty for the defaults (docs/scan.md)"

// scanned runs some scanners side by side, all when none are named, and puts together what they found.
func (p *Pipeline) scanned(ctx context.Context, name string, a wish, only ...string) (finding.Report, map[string]*dagger.Directory, error) {
	f, err := p.fleet(ctx)
	if err != nil {
		return finding.Report{}, nil, err
	}
	if f.Scan == nil {
		return finding.Report{}, nil, errors.New(noScan)
	}
	policy, err := p.policy(ctx, f, a)
	if err != nil {
		return finding.Report{}, nil, err
	}
	scans := slices.DeleteFunc(p.scans(f, a), func(m scanMaker) bool { return len(only) > 0 && !slices.Contains(only, m.name) })
	if len(scans) == 0 {
		return finding.Report{}, nil, fmt.Errorf("%s has nothing to look at: [scan] in %s names no lockfile that it reads", name, fleetFile)
	}
	found, missing, results := p.sideBySide(ctx, f, scans, a)
	report := scanner.Report(name, found, missing, policy, time.Now())
	if len(only) == 0 && len(missing) == 0 {
		report.Idle = policy.Idle(report.Findings)
	}
	return report, results, nil
}

// sideBySide returns what scanners found, why others did not run, and what the first left, by name.
func (p *Pipeline) sideBySide(ctx context.Context, f pipeline.Config, scans []scanMaker, a wish) (found []scanner.Found, missing []error, results map[string]*dagger.Directory) {
	outcomes := make([]outcome, len(scans))
	var running sync.WaitGroup
	for i, m := range scans {
		running.Go(func() { outcomes[i] = p.scanAlone(ctx, f, m, a) })
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

func (p *Pipeline) scanAlone(ctx context.Context, f pipeline.Config, m scanMaker, a wish) (o outcome) {
	s, err := m.make(ctx)
	if err != nil {
		return outcome{err: notRun(m.name, "", err)}
	}
	o.results, _, o.err = p.run(ctx, f, s.step(func(found scanner.Found, _ *check.Verdict) { o.found = found }, f.Scan.MaxAge), a)
	return o
}

// policy is what the app lets pass, its baseline read anew. One that is being made may be missing.
func (p *Pipeline) policy(ctx context.Context, f pipeline.Config, a wish) (finding.Policy, error) {
	policy := finding.Policy{Threshold: f.Scan.Threshold, UnfixedPasses: f.Scan.Unfixed, Waivers: f.Scan.Waivers}
	file := f.Scan.Baseline
	if file == "" {
		return policy, nil
	}
	there, err := p.Source.Exists(ctx, file)
	switch {
	case err != nil:
		return policy, fmt.Errorf("look for the baseline %s: %w", file, err)
	case !there && a.baseline:
		return policy, nil
	case !there:
		return policy, fmt.Errorf("the baseline %s, which [scan] names, is not there\nto make it: dagger call scan-baseline -o %s", file, file)
	}
	text, err := p.Source.File(file).Contents(ctx)
	if err != nil {
		return policy, fmt.Errorf("read the baseline %s: %w", file, err)
	}
	policy.Baseline, err = finding.ParseBaseline(file, []byte(text))
	return policy, err
}
