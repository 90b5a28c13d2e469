package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"time"

	"dagger/pipeline/internal/dagger"

	"golang.org/x/sync/errgroup"

	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/verify/check"
	"github.com/renewa/pipeline/ci/verify/compatibility"
	"github.com/renewa/pipeline/ci/verify/trial"
)

// A try is one image with its suite on the database that the other one has migrated.
type try struct {
	name   string // of its logs, and of a database of its own
	image  *dagger.Container
	suite  string
	schema *dagger.Container
}

// tries runs both, side by side, and returns what they left, by name.
func (p *Pipeline) tries(ctx context.Context, f pipeline.Config, list []try, again bool) (*dagger.Directory, []compatibility.Trial, error) {
	left, ended := make([]*dagger.Directory, len(list)), make([]compatibility.Trial, len(list))
	side, sctx := errgroup.WithContext(ctx)
	for i, t := range list {
		side.Go(func() (err error) {
			left[i], ended[i], err = p.try(sctx, f, t, again)
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

// comingUp is how long services may take to come up, beside what a suite may take.
const comingUp = time.Minute

// try runs an image with its suite. When nothing came of it, the image that was to bring the schema is asked why.
func (p *Pipeline) try(ctx context.Context, f pipeline.Config, t try, again bool) (*dagger.Directory, compatibility.Trial, error) {
	ready, commands, err := p.beside(ctx, f, t)
	if err != nil {
		return nil, compatibility.Trial{}, err
	}
	limited, cancel := context.WithTimeout(ctx, f.Compatibility.Timeout+comingUp)
	defer cancel()
	left, verdict, err := checked(limited, ready, commands, again)
	if err == nil {
		return left, compatibility.Tried(verdict, t.suite), nil
	}
	late := limited.Err() != nil && ctx.Err() == nil
	if left, verdict, asked := p.schemaless(ctx, f, t); asked == nil {
		if ended, ok := compatibility.Untried(verdict, late); ok {
			return left, ended, nil
		}
	}
	return nil, compatibility.Trial{}, fmt.Errorf("try %s: %w", t.name, err)
}

// beside is the container of an image and its suite, which begins when the schema is there: the other image has run
// its release command when its port opens. As a step of its own the migration would be in the cache, and its
// database gone.
func (p *Pipeline) beside(ctx context.Context, f pipeline.Config, t try) (*dagger.Container, pipeline.Check, error) {
	server := scratch(f, t.name)
	if _, err := server.Sync(ctx); err != nil { // so that no pull is part of coming up
		return nil, pipeline.Check{}, err
	}
	db := served(server)
	image, run, err := p.equipped(ctx, f, t.image, db)
	if err != nil {
		return nil, pipeline.Check{}, err
	}
	schema, other, err := p.equipped(ctx, f, t.schema, db)
	if err != nil {
		return nil, pipeline.Check{}, err
	}
	service := schema.WithExposedPort(f.Trial.Port).AsService(dagger.ContainerAsServiceOpts{Args: []string{"sh", "-c", other.Migrated()}})
	commands := pipeline.Check{Name: t.name, Run: []string{compatibility.Args(f.Trial.Port, run.Start(), t.suite)}, Timeout: f.Compatibility.Timeout}
	return image.WithServiceBinding("schema", service).WithNewFile(compatibility.Program, compatibility.Script), commands, nil
}

// schemaless runs the image that did not bring up its schema once more, for its last words: the engine tells of a
// service that ended nothing but its exit code.
func (p *Pipeline) schemaless(ctx context.Context, f pipeline.Config, t try) (*dagger.Directory, check.Verdict, error) {
	db := served(scratch(f, t.name+" once more"))
	schema, run, err := p.equipped(ctx, f, t.schema, db)
	if err != nil {
		return nil, check.Verdict{}, err
	}
	return checked(ctx, schema, pipeline.Check{Name: t.name, Run: []string{run.Migrated()}, Timeout: comingUp / 2}, false)
}

// equipped is an image as it runs in a test, with its variables and a database, and a folder for what it leaves.
func (p *Pipeline) equipped(ctx context.Context, f pipeline.Config, image *dagger.Container, db *dagger.Service) (*dagger.Container, trial.Run, error) {
	if _, err := image.Sync(ctx); err != nil {
		return nil, trial.Run{}, err
	}
	run, err := p.trialRun(ctx, f, image)
	if err != nil {
		return nil, run, err
	}
	user, err := image.User(ctx)
	if err != nil {
		return nil, run, err
	}
	all := maps.Clone(run.Env)
	maps.Copy(all, f.Trial.Env)
	maps.Copy(all, addresses(f))
	return withVariables(image, all).WithServiceBinding(databaseHost, db).WithoutDockerHealthcheck().
		WithDirectory(check.Folder, dag.Directory(), dagger.ContainerWithDirectoryOpts{Owner: user}), run, nil
}

// checked runs commands by check.Script and reads its verdict over what they left.
func checked(ctx context.Context, c *dagger.Container, commands pipeline.Check, again bool) (*dagger.Directory, check.Verdict, error) {
	left, here, err := scripted(ctx, c, commands, again)
	if err != nil {
		return nil, check.Verdict{}, err
	}
	verdict, err := check.Read(os.DirFS(here), commands)
	return left, verdict, err
}
