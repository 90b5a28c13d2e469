package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/release/database"
	"github.com/renewa/pipeline/ci/verify/check"
)

// databaseHost is where a test finds its database.
const databaseHost = "db"

// trialDatabase is the database of a test: named as the first stage's, if that has one.
func trialDatabase(f pipeline.Config) pipeline.Database {
	db := pipeline.Database{Name: "app", Owner: "app_owner", User: "app"}
	if first := f.First().Database; first != nil {
		db = *first
	}
	db.Image = f.Trial.Postgres
	return db
}

// scratch is a new server with that database, for one test: equal ones would be one server, so each has a mark.
func scratch(f pipeline.Config, mark string) *dagger.Container {
	db := trialDatabase(f)
	return dag.Container(dagger.ContainerOpts{Platform: platform}).From(db.Image).
		WithEnvVariable("POSTGRES_PASSWORD", "trial").
		WithEnvVariable("TRIAL", mark).
		WithNewFile("/docker-entrypoint-initdb.d/trial.sql", database.Initial(db), dagger.ContainerWithNewFileOpts{Permissions: 0o644}).
		WithDefaultArgs([]string{"postgres", "-c", "fsync=off"}). // nobody asks for its data after a crash
		WithExposedPort(5432)
}

// served is a container as the service that its image says.
func served(c *dagger.Container) *dagger.Service {
	return c.AsService(dagger.ContainerAsServiceOpts{UseEntrypoint: true})
}

// addresses are the variables by which an app finds that database. Where one is stated for both, it is the owner's.
func addresses(f pipeline.Config) map[string]string {
	db := trialDatabase(f)
	return map[string]string{
		f.Trial.Database:  database.TrialURL(db, db.User, databaseHost),
		f.Trial.Migration: database.TrialURL(db, db.Owner, databaseHost),
	}
}

// databaseSays is a step's Why: of a service that died the engine tells nothing, so its database is started alone.
func databaseSays(f pipeline.Config) func(context.Context, error) error {
	return func(ctx context.Context, err error) error {
		if !strings.Contains(err.Error(), "(aliased as "+databaseHost+")") {
			return err
		}
		ctx, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		image := f.Trial.Postgres
		alone, failed := scratch(f, "alone").WithExec(nil, dagger.ContainerWithExecOpts{UseEntrypoint: true, Expect: dagger.ReturnTypeAny}).Sync(ctx)
		if failed != nil && ctx.Err() != nil {
			return fmt.Errorf("the database %s started, and did not listen on port 5432 in time", image)
		} else if failed != nil {
			return fmt.Errorf("the database %s did not start: %w", image, failed)
		}
		said, _ := alone.CombinedOutput(ctx)
		code, _ := alone.ExitCode(ctx)
		return fmt.Errorf("the database %s did not start: it ended with code %d\n  %s", image, code, strings.Join(check.Last(said), "\n  "))
	}
}
