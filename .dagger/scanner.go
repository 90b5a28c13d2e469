package main

import (
	"context"
	"io/fs"
	"slices"
	"time"

	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/scan/finding"
	"github.com/renewa/pipeline/ci/scan/scanner"
	"github.com/renewa/pipeline/ci/verify/check"
)

// A scan is a scanner with what it needs to run as a step.
type scan struct {
	scanner.Scanner
	ready  func(context.Context) (*dagger.Container, error)
	inputs *dagger.Directory
	pins   map[string]string
}

// A scanMaker makes a scan when it is asked for.
type scanMaker struct {
	name string
	make func(context.Context) (scan, error)
}

// scans are those of an app that states [scan], in the order of a table.
func (p *Pipeline) scans(f pipeline.Config, a wish) []scanMaker {
	if f.Scan == nil {
		return nil
	}
	newest := p.newest()
	all := []scanMaker{
		{"trivy-image", func(ctx context.Context) (scan, error) { return p.trivyImage(ctx, f, newest) }},
		{"trivy-lockfiles", func(ctx context.Context) (scan, error) { return p.trivyLockfiles(ctx, f, newest) }},
		{"trivy-config", func(ctx context.Context) (scan, error) { return p.trivyConfig(f), nil }},
		{"semgrep", func(ctx context.Context) (scan, error) { return p.semgrep(f), nil }},
		{"gitleaks", func(ctx context.Context) (scan, error) { return p.gitleaks(f, a.history), nil }},
		{"audit", func(ctx context.Context) (scan, error) { return p.audit(ctx, f, newest) }},
	}
	return slices.DeleteFunc(all, func(m scanMaker) bool { return !slices.Contains(f.Scan.Steps(), m.name) })
}

// scanMakers are the same as steps of ci, each judged by itself.
func (p *Pipeline) scanMakers(f pipeline.Config, a wish) []maker {
	var all []maker
	for _, m := range p.scans(f, a) {
		all = append(all, maker{m.name, func(ctx context.Context) (step, error) {
			policy, err := p.policy(ctx, f, a)
			if err != nil {
				return step{}, err
			}
			s, err := m.make(ctx)
			if err != nil {
				return step{}, notRun(m.name, "", err)
			}
			return s.step(func(found scanner.Found, v *check.Verdict) {
				report := scanner.Report(m.name, []scanner.Found{found}, nil, policy, time.Now())
				for _, j := range report.Of(finding.Fails) {
					v.Fail("%s: %s", j.Subject(), j.Title)
				}
				for _, remark := range report.Remarks() {
					v.Note("%s", remark)
				}
				v.Details = report.String()
			}, f.Scan.MaxAge), nil
		}})
	}
	return all
}

// step hands on what the scanner found. A scanner that did not do its work did not run.
func (s scan) step(to func(scanner.Found, *check.Verdict), maxAge time.Duration) step {
	return step{Check: s.Check, Ready: s.ready, Inputs: s.inputs, Pins: s.pins, Judge: func(results fs.FS, v *check.Verdict) error {
		found, err := s.Found(results, *v)
		if err == nil {
			err = found.Fresh(maxAge, time.Now())
		}
		if err != nil {
			return notRun(s.Name, "", err)
		}
		to(found, v)
		return nil
	}}
}
