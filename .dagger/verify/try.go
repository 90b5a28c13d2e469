package verify

import (
	"context"
	"os"

	"dagger/pipeline/container"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/step"

	"golang.org/x/sync/errgroup"

	"github.com/renewa/pipeline/ci/verify/compatibility"
	steps "github.com/renewa/pipeline/ci/verify/step"
	"github.com/renewa/pipeline/ci/verify/trial"
)

// A try is one image with its suite on the database that the other image has migrated.
type try struct {
	name   string // of its logs, and of a database of its own
	image  *dagger.Container
	suite  string
	schema *dagger.Container
}

// tryAll runs them side by side, and returns what they left, by name.
func (v Verifier) tryAll(ctx context.Context, list []try) (*dagger.Directory, []compatibility.Trial, error) {
	left, ended := make([]*dagger.Directory, len(list)), make([]compatibility.Trial, len(list))
	side, sctx := errgroup.WithContext(ctx)
	for i, t := range list {
		side.Go(func() (err error) {
			left[i], ended[i], err = v.try(sctx, t)
			return err
		})
	}
	if err := side.Wait(); err != nil {
		return nil, nil, err
	}
	all := dag.Directory()
	for i, t := range list {
		all = all.WithDirectory(t.name, left[i])
	}
	return all, ended, nil
}

// try runs an image with its suite, and returns the logs of what ran last.
func (v Verifier) try(ctx context.Context, t try) (left *dagger.Directory, ended compatibility.Trial, err error) {
	ready, commands, err := v.withSchema(ctx, t)
	if err != nil {
		return nil, ended, err
	}
	ended, err = compatibility.Attempt{
		Name: t.name, Suite: t.suite, Timeout: v.Compatibility.Timeout,
		Run: func(ctx context.Context) (verdict steps.Verdict, err error) {
			left, verdict, err = runCommands(ctx, ready, commands, v.Options.Again)
			return verdict, err
		},
		Migrate: func(ctx context.Context) (verdict steps.Verdict, err error) {
			left, verdict, err = v.migrationLog(ctx, t)
			return verdict, err
		},
	}.Trial(ctx)
	return left, ended, err
}

// withSchema returns the container of an image and its suite. The suite begins when the schema exists: the other image
// has run its release command when its port opens. The engine would take a migration that is a step of its own from
// the cache, without its database.
func (v Verifier) withSchema(ctx context.Context, t try) (*dagger.Container, steps.Check, error) {
	server := v.scratch(t.name)
	if _, err := server.Sync(ctx); err != nil { // so that no pull is part of the start
		return nil, steps.Check{}, err
	}
	db := asService(server)
	image, run, err := v.withDatabase(ctx, t.image, db)
	if err != nil {
		return nil, steps.Check{}, err
	}
	schema, other, err := v.withDatabase(ctx, t.schema, db)
	if err != nil {
		return nil, steps.Check{}, err
	}
	service := schema.WithExposedPort(v.Trial.Port).AsService(dagger.ContainerAsServiceOpts{Args: []string{"sh", "-c", other.Migrated()}})
	commands := steps.Check{Name: t.name, Run: []string{compatibility.Args(v.Trial.Port, run.Start(), t.suite)}, Timeout: v.Compatibility.Timeout}
	return image.WithServiceBinding("schema", service).WithNewFile(compatibility.Program, compatibility.Script), commands, nil
}

// migrationLog runs the image that did not bring up its schema once more, for its log: of a service that ended, the
// engine reports the exit code only.
func (v Verifier) migrationLog(ctx context.Context, t try) (*dagger.Directory, steps.Verdict, error) {
	db := asService(v.scratch(t.name + " once more"))
	schema, run, err := v.withDatabase(ctx, t.schema, db)
	if err != nil {
		return nil, steps.Verdict{}, err
	}
	return runCommands(ctx, schema, steps.Check{Name: t.name, Run: []string{run.Migrated()}, Timeout: compatibility.StartTime / 2}, false)
}

// withDatabase returns an image as it runs in a test, with its variables, a database, and a folder for its results.
func (v Verifier) withDatabase(ctx context.Context, image *dagger.Container, db *dagger.Service) (*dagger.Container, trial.Run, error) {
	if _, err := image.Sync(ctx); err != nil {
		return nil, trial.Run{}, err
	}
	run, err := v.trialRun(ctx, image)
	if err != nil {
		return nil, run, err
	}
	user, err := image.User(ctx)
	if err != nil {
		return nil, run, err
	}
	all := trial.Merged(run.Env, v.Trial.Env, v.addresses())
	return container.WithVariables(image, all).WithServiceBinding(databaseHost, db).WithoutDockerHealthcheck().
		WithDirectory(steps.Results, dag.Directory(), dagger.ContainerWithDirectoryOpts{Owner: user}), run, nil
}

// runCommands runs commands by steps.Script and reads the verdict.
func runCommands(ctx context.Context, c *dagger.Container, commands steps.Check, again bool) (*dagger.Directory, steps.Verdict, error) {
	left, here, err := step.Script(ctx, c, commands, again)
	if err != nil {
		return nil, steps.Verdict{}, err
	}
	verdict, err := steps.Read(os.DirFS(here), commands)
	return left, verdict, err
}
