package main

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"time"

	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/check"
	"github.com/renewa/pipeline/ci/fleet"
	"github.com/renewa/pipeline/ci/trial"
)

// databaseHost is where an app finds its database.
const databaseHost = "db"

// instance is an image as a service of a test. The engine does not wait for it: an app that dies or never answers
// is told by the test, with what it said.
func instance(f fleet.Fleet, image *dagger.Container, run trial.Run, env map[string]string) *dagger.Container {
	all := maps.Clone(run.Env)
	maps.Copy(all, addresses(f, databaseHost))
	maps.Copy(all, f.Trial.Env)
	maps.Copy(all, env)
	return hearing(withVariables(image, all)).
		WithNewFile(trial.Program, trial.Script, dagger.ContainerWithNewFileOpts{Permissions: 0o755}).
		WithoutDockerHealthcheck().
		WithExposedPort(f.Trial.Port, dagger.ContainerWithExposedPortOpts{ExperimentalSkipHealthcheck: true})
}

// serving starts it.
func serving(c *dagger.Container, run trial.Run) *dagger.Service {
	return c.AsService(dagger.ContainerAsServiceOpts{Args: run.Args()})
}

// hearing is a container that shares the volume in which apps leave what they say.
func hearing(c *dagger.Container) *dagger.Container {
	open := dag.Directory().WithNewDirectory("said", dagger.DirectoryWithNewDirectoryOpts{Permissions: 0o777})
	return c.WithMountedCache(trial.Heard, dag.CacheVolume("pipeline-said"), dagger.ContainerWithMountedCacheOpts{Source: open})
}

// whyNot adds to the error of a test what its database says when it is started alone: of a service that died the
// engine tells nothing.
func whyNot(ctx context.Context, db *dagger.Container, image string, err error) error {
	if !strings.Contains(err.Error(), "(aliased as "+databaseHost+")") {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	alone, failed := db.WithExec(nil, dagger.ContainerWithExecOpts{UseEntrypoint: true, Expect: dagger.ReturnTypeAny}).Sync(ctx)
	if failed != nil && ctx.Err() != nil {
		return fmt.Errorf("the database %s started, and did not listen on port 5432 in time", image)
	} else if failed != nil {
		return fmt.Errorf("the database %s did not start: %w", image, failed)
	}
	said, _ := alone.CombinedOutput(ctx)
	code, _ := alone.ExitCode(ctx)
	return fmt.Errorf("the database %s did not start: it ended with code %d\n  %s", image, code, strings.Join(check.Last(said), "\n  "))
}
