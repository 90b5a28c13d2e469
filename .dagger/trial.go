package main

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/database"
	"github.com/renewa/pipeline/ci/fleet"
	"github.com/renewa/pipeline/ci/trial"
)

// trialDatabase is the database of a test: named as the first stage's, if that has one.
func trialDatabase(f fleet.Fleet) fleet.Database {
	db := fleet.Database{Name: "app", Owner: "app_owner", User: "app"}
	if first := f.First().Database; first != nil {
		db = *first
	}
	db.Image = f.Trial.Postgres
	return db
}

// scratch is a new server with that database, for one test: equal ones would be one server, so each has a mark.
func scratch(db fleet.Database, mark string) *dagger.Container {
	return dag.Container(dagger.ContainerOpts{Platform: platform}).From(db.Image).
		WithEnvVariable("POSTGRES_PASSWORD", "trial").
		WithEnvVariable("TRIAL", mark).
		WithNewFile("/docker-entrypoint-initdb.d/trial.sql", database.Initial(db), dagger.ContainerWithNewFileOpts{Permissions: 0o644}).
		WithExposedPort(5432)
}

// trialRun is what an image does in a test: as the first stage's fly.toml says.
func (p *Pipeline) trialRun(ctx context.Context, f fleet.Fleet, image *dagger.Container) (trial.Run, error) {
	config, err := p.config(ctx, f, f.First())
	if err != nil {
		return trial.Run{}, err
	}
	entrypoint, err := image.Entrypoint(ctx)
	if err != nil {
		return trial.Run{}, fmt.Errorf("read the image's start: %w", err)
	}
	cmd, err := image.DefaultArgs(ctx)
	if err != nil {
		return trial.Run{}, fmt.Errorf("read the image's start: %w", err)
	}
	return trial.Of(config, trial.Image{Entrypoint: entrypoint, Cmd: cmd})
}

// withVariables sets them in one order, or the same container would look like another one each time.
func withVariables(c *dagger.Container, env map[string]string) *dagger.Container {
	for _, name := range slices.Sorted(maps.Keys(env)) {
		c = c.WithEnvVariable(name, env[name])
	}
	return c
}

// addresses are the variables by which an app finds that database at a host.
func addresses(f fleet.Fleet, host string) map[string]string {
	db := trialDatabase(f)
	return map[string]string{
		f.Trial.Migration: database.TrialURL(db, db.Owner, host),
		f.Trial.Database:  database.TrialURL(db, db.User, host),
	}
}
