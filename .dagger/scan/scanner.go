// Package scan makes the steps of the scanners, and one report of what they find.
package scan

import (
	"context"
	"io/fs"
	"time"

	"dagger/pipeline/container"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/source"
	"dagger/pipeline/step"

	"github.com/renewa/pipeline/ci/scan/finding"
	"github.com/renewa/pipeline/ci/scan/scanner"
	steps "github.com/renewa/pipeline/ci/verify/step"
)

var dag = dagger.Connect()

// Scanners are those of a repository.
type Scanners struct {
	source.Repository
	Advisories *dagger.Service // a server of this machine that has the advisories; nil for the official ones
	Options    step.Options
}

// A scan is a scanner with what it needs to run as a step.
type scan struct {
	scanner.Scanner
	ready  func(context.Context) (*dagger.Container, error)
	inputs *dagger.Directory
	pins   map[string]string
}

// A maker makes a scan when it is asked for.
type maker struct {
	name string
	make func(context.Context) (scan, error)
}

// makers returns the scans of an app that states [scan], in the order of the table of ci.
func (s Scanners) makers() []maker {
	if s.Scan == nil {
		return nil
	}
	newest := s.newest()
	by := map[string]func(context.Context) (scan, error){
		steps.TrivyImageStep:     func(ctx context.Context) (scan, error) { return s.trivyImage(ctx, newest) },
		steps.TrivyLockfilesStep: func(ctx context.Context) (scan, error) { return s.trivyLockfiles(ctx, newest) },
		steps.TrivyConfigStep:    func(context.Context) (scan, error) { return s.trivyConfig(), nil },
		steps.SemgrepStep:        func(context.Context) (scan, error) { return s.semgrep(), nil },
		steps.GitleaksStep:       func(context.Context) (scan, error) { return s.gitleaks(), nil },
		steps.AuditStep:          func(ctx context.Context) (scan, error) { return s.audit(ctx, newest) },
	}
	var all []maker
	for _, name := range s.Scan.Steps() {
		all = append(all, maker{name, by[name]})
	}
	return all
}

// Makers returns the scans as steps of ci, each with a verdict of its own.
func (s Scanners) Makers() []step.Maker {
	var all []step.Maker
	for _, m := range s.makers() {
		all = append(all, step.Maker{Name: m.name, Make: func(ctx context.Context) (step.Step, error) { return s.judged(ctx, m) }})
	}
	return all
}

// judged returns a scan whose verdict follows the policy of the app.
func (s Scanners) judged(ctx context.Context, m maker) (step.Step, error) {
	policy, err := s.policy(ctx)
	if err != nil {
		return step.Step{}, err
	}
	made, err := m.make(ctx)
	if err != nil {
		return step.Step{}, step.NotRun(m.name, "", err)
	}
	return s.step(made, func(found scanner.Found, v *steps.Verdict) {
		report := scanner.Report(m.name, []scanner.Found{found}, nil, policy, time.Now())
		for _, j := range report.Of(finding.Fails) {
			v.Fail("%s: %s", j.Subject(), j.Title)
		}
		for _, remark := range report.Remarks() {
			v.Note("%s", remark)
		}
		v.Details = report.String()
	}), nil
}

// step returns a scan as a step that hands its findings on. A scanner that did not scan did not run.
func (s Scanners) step(c scan, to func(scanner.Found, *steps.Verdict)) step.Step {
	return step.Step{Check: c.Check, App: s.App.Name, Ready: c.ready, Inputs: c.inputs, Pins: c.pins, Judge: func(results fs.FS, v *steps.Verdict) error {
		found, err := c.Found(results, *v)
		if err == nil {
			err = found.Fresh(s.Scan.MaxAge, time.Now())
		}
		if err != nil {
			return step.NotRun(c.Name, "", err)
		}
		to(found, v)
		return nil
	}}
}

// folder is where scanners work.
const folder = "/scan"

// tool returns the image of a scanner, with nothing of the image's user, folder and entrypoint.
func tool(image string) *dagger.Container {
	return container.From(image).WithUser("root").WithWorkdir(folder).WithoutEntrypoint()
}
