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

	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/verify/check"
	"github.com/renewa/pipeline/ci/verify/gate"
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

// Run everything a change must pass, side by side: every step that pipeline.toml states, and the build of the image.
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
	// The repository's .git, whole, for the scanner that reads it.
	// +defaultPath="/"
	// +ignore=["**", "!.git", "!.git/**"]
	history *dagger.Directory,
	// Run every step anew, even if nothing changed.
	// +optional
	again bool,
	// The image before this one, by digest, or none for a first release. Left out, the last stage says it.
	// +optional
	previous string,
) (string, error) {
	f, err := p.fleet(ctx)
	if err != nil {
		return "", told(err)
	}
	names, err := f.Steps(only)
	if err != nil {
		return "", told(err)
	}
	steps := p.rows(f, names, wish{again: again, previous: previous, history: history})
	answer := make(gate.Answer, len(steps))
	var running sync.WaitGroup
	began := time.Now()
	for i, step := range steps {
		running.Go(func() {
			answer[i] = step(ctx)
			answer[i].Waited = time.Since(began).Seconds()
		})
	}
	running.Wait()
	text := answer.String() + answer.Took(time.Since(began).Seconds())
	if len(answer.Bad()) > 0 {
		return "", errors.New(text)
	}
	return text, nil
}

// rows are the steps with these names, then the image, each of which fills a row of the table.
func (p *Pipeline) rows(f pipeline.Config, names []string, a wish) []func(context.Context) gate.Step {
	var rows []func(context.Context) gate.Step
	for _, m := range p.makers(f, a) {
		if slices.Contains(names, m.name) {
			rows = append(rows, func(ctx context.Context) gate.Step { return p.row(ctx, f, m, a) })
		}
	}
	if slices.Contains(names, pipeline.ImageStep) {
		rows = append(rows, func(ctx context.Context) gate.Step { return p.imageRow(ctx, f) })
	}
	return rows
}

// imageRow builds the image. The engine does not tell what it had to build: a small exec on the same inputs
// runs when they changed, and says which.
func (p *Pipeline) imageRow(ctx context.Context, f pipeline.Config) gate.Step {
	began := time.Now()
	row := gate.Step{Name: pipeline.ImageStep, Result: gate.Passed, Alone: check.Alone(pipeline.ImageStep)}
	_, err := p.build(f).Sync(ctx)
	row.Seconds = time.Since(began).Seconds()
	if err != nil {
		row.Result, row.Report = gate.Failed, told(explained(err)).Error()
		return row
	}
	if _, verdict, err := p.run(ctx, f, p.imageInputs(f), wish{}); err == nil {
		noted := gate.FromVerdict(verdict, began)
		row.Cached, row.Changed = noted.Cached, noted.Changed
	}
	return row
}

// imageInputs does nothing but note what the image is made from.
func (p *Pipeline) imageInputs(f pipeline.Config) step {
	return step{
		Check:  pipeline.Check{Name: pipeline.ImageStep, Run: []string{"true"}, Timeout: time.Minute},
		Inputs: p.placed(f),
		Ready: func(context.Context) (*dagger.Container, error) {
			return dag.Container(dagger.ContainerOpts{Platform: platform}).From(debianImage), nil
		},
	}
}

// explained adds to the error of a build the last lines of the command that failed in it.
func explained(err error) error {
	if err == nil {
		return nil
	}
	var failed *dagger.ExecError
	if !errors.As(err, &failed) {
		return errors.New(check.Cause(err.Error()))
	}
	lines := check.Last(failed.Stdout + "\n" + failed.Stderr)
	return fmt.Errorf("a command of the build ended with code %d\n  %s", failed.ExitCode, strings.Join(lines, "\n  "))
}
