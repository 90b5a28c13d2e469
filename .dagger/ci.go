package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/check"
	"github.com/renewa/pipeline/ci/fleet"
	"github.com/renewa/pipeline/ci/gate"
)

// Check that the production image builds.
//
// +check
// +cache="never"
func (p *Pipeline) Image(ctx context.Context) error {
	f, err := p.fleet(ctx)
	if err != nil {
		return told(err)
	}
	_, err = p.build(f).Sync(ctx)
	return told(explained(err))
}

// Run everything a change must pass: the checks of pipeline.toml and the build of the image, side by side.
//
// It ends with one table, and with an error that has the report of every step that did not pass.
//
//	dagger call ci
//	dagger call ci --only lint,unit
//
// +cache="never"
func (p *Pipeline) Ci(
	ctx context.Context,
	// Run these steps alone, by name.
	// +optional
	only []string,
	// Run every check anew, even if nothing changed.
	// +optional
	again bool,
) (string, error) {
	f, err := p.fleet(ctx)
	if err != nil {
		return "", told(err)
	}
	steps, err := p.steps(f, only, again)
	if err != nil {
		return "", told(err)
	}
	answer := make(gate.Answer, len(steps))
	var running sync.WaitGroup
	for i, step := range steps {
		running.Go(func() { answer[i] = step(ctx) })
	}
	running.Wait()
	if len(answer.Bad()) > 0 {
		return "", errors.New(answer.String())
	}
	return answer.String(), nil
}

// steps are the checks in the order of pipeline.toml, then the image.
func (p *Pipeline) steps(f fleet.Fleet, only []string, again bool) ([]func(context.Context) gate.Step, error) {
	names, err := f.Steps(only)
	if err != nil {
		return nil, err
	}
	var steps []func(context.Context) gate.Step
	for _, c := range f.Checks {
		if slices.Contains(names, c.Name) {
			steps = append(steps, func(ctx context.Context) gate.Step { return p.checkStep(ctx, f, c, again) })
		}
	}
	if slices.Contains(names, fleet.ImageStep) {
		steps = append(steps, func(ctx context.Context) gate.Step { return p.imageStep(ctx, f) })
	}
	return steps, nil
}

func (p *Pipeline) checkStep(ctx context.Context, f fleet.Fleet, c fleet.Check, again bool) gate.Step {
	began := time.Now()
	_, verdict, err := p.check(ctx, f, c, again)
	if err != nil {
		return gate.Step{Name: c.Name, Result: gate.NotRun, Seconds: time.Since(began).Seconds(), Alone: check.Alone(c.Name), Report: told(err).Error()}
	}
	return gate.FromVerdict(verdict, began)
}

func (p *Pipeline) imageStep(ctx context.Context, f fleet.Fleet) gate.Step {
	began := time.Now()
	_, err := p.build(f).Sync(ctx)
	step := gate.Step{Name: fleet.ImageStep, Result: gate.Passed, Seconds: time.Since(began).Seconds(), Alone: check.Alone(fleet.ImageStep)}
	if err != nil {
		step.Result, step.Report = gate.Failed, told(explained(err)).Error()
	}
	return step
}

// explained adds to the error of a build the last lines of the command that failed in it.
func explained(err error) error {
	var failed *dagger.ExecError
	if !errors.As(err, &failed) {
		return err
	}
	lines := check.Last(failed.Stdout + "\n" + failed.Stderr)
	return fmt.Errorf("a command of the build ended with code %d\n  %s", failed.ExitCode, strings.Join(lines, "\n  "))
}
