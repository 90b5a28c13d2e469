package main

import (
	"context"
	"fmt"
	"maps"

	"dagger/pipeline/internal/dagger"

	"golang.org/x/sync/errgroup"

	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/verify/check"
	"github.com/renewa/pipeline/ci/verify/trial"
)

// Run the journeys of [end_to_end] in a real browser, against the production image and a Postgres of its own.
//
// The database has the roles and rights of the first stage, and is migrated by that stage's release command.
//
//	dagger call end-to-end --shards 2
//	dagger call results --name end-to-end -o results
//
// +check
// +cache="never"
func (p *Pipeline) EndToEnd(
	ctx context.Context,
	// Share the journeys among so many browsers, each with an app and a database of its own.
	// +default=1
	shards int,
	// Run it anew, even if nothing changed.
	// +optional
	again bool,
) (string, error) {
	return p.alone(ctx, pipeline.EndToEndStep, wish{again: again, shards: shards})
}

// endToEnd is the step, in as many parts as it is shared among.
func (p *Pipeline) endToEnd(f pipeline.Config, shards int) (step, error) {
	if shards < 0 {
		return step{}, fmt.Errorf("--shards is %d: it must be 1 or more", shards)
	}
	whole := p.journeys(f, check.Shard{})
	for n := range shards {
		if shards > 1 {
			whole.Parts = append(whole.Parts, p.journeys(f, check.Shard{Number: n + 1, Total: shards}))
		}
	}
	return whole, nil
}

// journeys are one shard of the suite.
func (p *Pipeline) journeys(f pipeline.Config, s check.Shard) step {
	e := f.EndToEnd
	files := p.placed(f).WithDirectory(".", p.below(f, []string{e.Dir})).WithFile(f.First().Config, p.Source.File(f.First().Config))
	// All that the apps are given, so that a change of it is told. The step's own container has none of it.
	env := addresses(f)
	maps.Copy(env, f.Trial.Env)
	for name, value := range e.Failing {
		env["failing "+name] = value
	}
	return step{
		Check: pipeline.Check{
			Name: pipeline.EndToEndStep, Run: []string{trial.With + " " + s.Of(e.Run)}, Env: env, Timeout: e.Timeout,
			JUnit: e.JUnit, Reports: append([]string{trial.Services}, e.Reports...),
		},
		Part:   s.String(),
		Inputs: files,
		Pins:   map[string]string{"image browser": nodeImage, "image database": f.Trial.Postgres},
		Ready:  func(ctx context.Context) (*dagger.Container, error) { return p.scene(ctx, f, s) },
		Why:    databaseSays(f),
	}
}

// mark tells apart what runs in the same call.
func mark(s check.Shard) string { return pipeline.EndToEndStep + s.String() }

// scene is the suite beside the app, and beside one that fails if there is to be one.
func (p *Pipeline) scene(ctx context.Context, f pipeline.Config, s check.Shard) (*dagger.Container, error) {
	image := p.build(f)
	browser, run, err := p.prepared(ctx, f, image)
	if err != nil {
		return nil, err
	}
	// The names end in .test: browsers insist on https for those that end in .app or .dev.
	app := trial.App{Name: "app", Host: "app.test", Port: f.Trial.Port, Ready: run.Ready}
	c := browser.
		WithServiceBinding(app.Host, serving(instance(f, image, run, nil).WithServiceBinding(databaseHost, served(scratch(f, mark(s)))), run)).
		WithEnvVariable("BASE_URL", app.URL())
	apps := []trial.App{app}
	if len(f.EndToEnd.Failing) > 0 {
		failing := trial.App{Name: "failing", Host: "failing.test", Port: f.Trial.Port}
		run.Release = nil
		c = c.WithServiceBinding(failing.Host, serving(instance(f, image, run, f.EndToEnd.Failing).WithEnvVariable("TRIAL", mark(s)), run)).
			WithEnvVariable("FAILING_URL", failing.URL())
		apps = append(apps, failing)
	}
	return hearing(c).WithNewFile(trial.Apps, trial.Lines(apps)), nil
}

// prepared builds the image and the browser side by side, and reads how the image runs.
func (p *Pipeline) prepared(ctx context.Context, f pipeline.Config, image *dagger.Container) (browser *dagger.Container, run trial.Run, err error) {
	side, sctx := errgroup.WithContext(ctx)
	side.Go(func() (err error) {
		if browser, err = p.browser(f).Sync(sctx); err != nil {
			return fmt.Errorf("make the browser and the suite ready in %s: %w", nodeImage, explained(err))
		}
		return nil
	})
	side.Go(func() (err error) {
		run, err = p.trialRun(sctx, f, image)
		return explained(err)
	})
	err = side.Wait()
	return browser, run, err
}
