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
type maker func(context.Context) (scan, error)

// scans returns the makers of all scans, by name.
func (s Scanners) scans() map[string]maker {
	newest := s.newest()
	return map[string]maker{
		steps.TrivyImageStep:     func(ctx context.Context) (scan, error) { return s.trivyImage(ctx, newest) },
		steps.TrivyLockfilesStep: func(ctx context.Context) (scan, error) { return s.trivyLockfiles(ctx, newest) },
		steps.TrivyConfigStep:    func(context.Context) (scan, error) { return s.trivyConfig(), nil },
		steps.SemgrepStep:        func(context.Context) (scan, error) { return s.semgrep(), nil },
		steps.GitleaksStep:       func(context.Context) (scan, error) { return s.gitleaks(), nil },
		steps.AuditStep:          func(ctx context.Context) (scan, error) { return s.audit(ctx, newest) },
	}
}

// Makers returns the scans of an app that states [scan] as steps of ci, each with a verdict of its own.
func (s Scanners) Makers() []step.Maker {
	if s.Scan == nil {
		return nil
	}
	by := s.scans()
	return steps.Each(s.Scan.Steps(), func(name string) func(context.Context) (step.Step, error) {
		return func(ctx context.Context) (step.Step, error) { return s.judged(ctx, name, by[name]) }
	})
}

// judged returns a scan whose verdict follows the policy of the app.
func (s Scanners) judged(ctx context.Context, name string, of maker) (step.Step, error) {
	policy, err := s.policy(ctx)
	if err != nil {
		return step.Step{}, err
	}
	made, err := of(ctx)
	if err != nil {
		return step.Step{}, steps.NotRunError(name, "", err)
	}
	return s.step(made, func(found scanner.Found, v *steps.Verdict) {
		scanner.Judge(name, found, policy, v, time.Now())
	}), nil
}

// step returns a scan as a step that hands its findings on.
func (s Scanners) step(c scan, to func(scanner.Found, *steps.Verdict)) step.Step {
	return step.Step{Check: c.Check, App: s.App.Name, Ready: c.ready, Inputs: c.inputs, Pins: c.pins, Judge: func(results fs.FS, v *steps.Verdict) error {
		found, err := c.Scanned(results, *v, s.Scan.MaxAge, time.Now())
		if err == nil {
			to(found, v)
		}
		return err
	}}
}

// folder is where scanners work.
const folder = "/scan"

// tool returns the image of a scanner, with nothing of the image's user, folder and entrypoint.
func tool(image string) *dagger.Container {
	return container.From(image).WithUser("root").WithWorkdir(folder).WithoutEntrypoint()
}
