package verify

import (
	"context"
	"fmt"

	"dagger/pipeline/container"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/step"

	"golang.org/x/sync/errgroup"

	steps "github.com/renewa/pipeline/ci/verify/step"
	"github.com/renewa/pipeline/ci/verify/trial"
)

// endToEnd returns the step of [end_to_end], in as many parts as the call shares it among.
func (v Verifier) endToEnd(context.Context) (whole step.Step, err error) {
	whole, parts := steps.Divide(v.Options.Shards, v.journeys)
	whole.Parts = parts
	return whole, nil
}

// journeys returns one shard of the suite. All variables of the apps are in its check, so that a change of one is a
// change of the step. The step's own container has none.
func (v Verifier) journeys(s steps.Shard) step.Step {
	e := v.EndToEnd
	env := trial.InputsOf(trial.Merged(v.addresses(), v.Trial.Env), e.Failing)
	return step.Step{
		Check: steps.Check{
			Name: steps.EndToEndStep, Run: []string{trial.With + " " + s.Of(e.Run)}, Env: env, Timeout: e.Timeout,
			JUnit: e.JUnit, Reports: append([]string{trial.Services}, e.Reports...),
		},
		App:    v.App.Name,
		Part:   s.String(),
		Inputs: v.WithFlyToml(v.Inputs().WithDirectory(".", v.Below([]string{e.Dir}))),
		Pins:   map[string]string{"image browser": container.Node, "image database": v.Trial.Postgres},
		Ready:  func(ctx context.Context) (*dagger.Container, error) { return v.suite(ctx, s) },
		Why:    v.databaseFailure,
	}
}

// mark tells apart what runs in the same call.
func mark(s steps.Shard) string { return steps.EndToEndStep + s.String() }

// suite returns the suite beside the app and, if one is stated, beside an app that fails.
func (v Verifier) suite(ctx context.Context, s steps.Shard) (*dagger.Container, error) {
	image := v.Image()
	browser, run, err := v.prepare(ctx, image)
	if err != nil {
		return nil, err
	}
	// The names end in .test: browsers insist on https for those that end in .app or .dev.
	app := trial.App{Name: "app", Host: "app.test", Port: v.Trial.Port, Ready: run.Ready}
	c := browser.
		WithServiceBinding(app.Host, asApp(v.instance(image, run, nil).WithServiceBinding(databaseHost, asService(v.scratch(mark(s)))), run)).
		WithEnvVariable("BASE_URL", app.URL())
	apps := []trial.App{app}
	if failures := v.EndToEnd.Failing; len(failures) > 0 {
		failing := trial.App{Name: "failing", Host: "failing.test", Port: v.Trial.Port}
		run.Release = nil
		c = c.WithServiceBinding(failing.Host, asApp(v.instance(image, run, failures).WithEnvVariable("TRIAL", mark(s)), run)).
			WithEnvVariable("FAILING_URL", failing.URL())
		apps = append(apps, failing)
	}
	return withLogVolume(c).WithNewFile(trial.Apps, trial.Lines(apps)), nil
}

// prepare builds the image and the browser side by side, and reads how the image runs.
func (v Verifier) prepare(ctx context.Context, image *dagger.Container) (browser *dagger.Container, run trial.Run, err error) {
	side, sctx := errgroup.WithContext(ctx)
	side.Go(func() (err error) {
		if browser, err = v.browser().Sync(sctx); err != nil {
			return fmt.Errorf("the browser and the tests were not installed in %s: %w", container.Node, container.BuildError(err))
		}
		return nil
	})
	side.Go(func() (err error) {
		run, err = v.trialRun(sctx, image)
		return container.BuildError(err)
	})
	err = side.Wait()
	return browser, run, err
}
