package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"time"

	"dagger/pipeline/internal/dagger"

	"golang.org/x/sync/errgroup"

	"github.com/renewa/pipeline/ci/check"
	"github.com/renewa/pipeline/ci/compatibility"
	"github.com/renewa/pipeline/ci/fleet"
	"github.com/renewa/pipeline/ci/trial"
)

// A try is one image with its suite on the database that the other one has migrated.
type try struct {
	name   string // of its logs, and of a database of its own
	image  *dagger.Container
	suite  string
	schema *dagger.Container
}

// tries runs both, side by side, and returns what they left, by name.
func (p *Pipeline) tries(ctx context.Context, f fleet.Fleet, list []try, again bool) (*dagger.Directory, []compatibility.Trial, error) {
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

// try runs an image and its suite in one container, which begins when the schema is there: the other image has
// run its release command when its port opens. As a step of its own the migration would be in the cache, and
// its database gone.
func (p *Pipeline) try(ctx context.Context, f fleet.Fleet, t try, again bool) (*dagger.Directory, compatibility.Trial, error) {
	limited, cancel := context.WithTimeout(ctx, 2*f.Compatibility.Timeout)
	defer cancel()
	db := scratch(trialDatabase(f), t.name).AsService(dagger.ContainerAsServiceOpts{UseEntrypoint: true})
	image, run, err := p.equipped(limited, f, t.image, db)
	if err != nil {
		return nil, compatibility.Trial{}, err
	}
	schema, other, err := p.equipped(limited, f, t.schema, db)
	if err != nil {
		return nil, compatibility.Trial{}, err
	}
	service := schema.WithExposedPort(f.Trial.Port).AsService(dagger.ContainerAsServiceOpts{Args: []string{"sh", "-c", other.Migrated()}})
	c := fleet.Check{Name: t.name, Run: []string{compatibility.Args(f.Trial.Port, run.Start(), t.suite)}, Timeout: f.Compatibility.Timeout}
	left, verdict, err := checked(limited, image.WithServiceBinding("schema", service).WithNewFile(compatibility.Program, compatibility.Script), c, again)
	if err == nil {
		return left, compatibility.Tried(verdict, t.suite), nil
	}
	if left, said := p.schemaless(ctx, f, t); said != nil {
		return left, *said, nil
	}
	return nil, compatibility.Trial{}, fmt.Errorf("try %s: %w", t.name, err)
}

// schemaless runs the image that did not bring up its schema once more, for its last words: the engine tells
// nothing of a service that ended but its exit code. Nil is one that does come up.
func (p *Pipeline) schemaless(ctx context.Context, f fleet.Fleet, t try) (*dagger.Directory, *compatibility.Trial) {
	db := scratch(trialDatabase(f), t.name+" once more").AsService(dagger.ContainerAsServiceOpts{UseEntrypoint: true})
	schema, run, err := p.equipped(ctx, f, t.schema, db)
	if err != nil {
		return nil, nil
	}
	c := fleet.Check{Name: t.name, Run: []string{run.Migrated()}, Timeout: 30 * time.Second}
	left, verdict, err := checked(ctx, schema, c, false)
	if err != nil {
		return nil, nil
	}
	return left, compatibility.Schemaless(verdict)
}

// equipped is an image as it runs in a test, with its variables and a database, and a folder for what it leaves.
func (p *Pipeline) equipped(ctx context.Context, f fleet.Fleet, image *dagger.Container, db *dagger.Service) (*dagger.Container, trial.Run, error) {
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
	maps.Copy(all, addresses(f, "db"))
	return withVariables(image, all).WithServiceBinding("db", db).WithoutDockerHealthcheck().
		WithDirectory(check.Folder, dag.Directory(), dagger.ContainerWithDirectoryOpts{Owner: user}), run, nil
}

// checked runs commands by check.Script and reads its verdict over what they left.
func checked(ctx context.Context, c *dagger.Container, commands fleet.Check, again bool) (*dagger.Directory, check.Verdict, error) {
	left, here, err := scripted(ctx, c, commands, again)
	if err != nil {
		return nil, check.Verdict{}, err
	}
	verdict, err := check.Read(os.DirFS(here), commands)
	return left, verdict, err
}
