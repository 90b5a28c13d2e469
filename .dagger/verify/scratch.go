package verify

import (
	"context"
	"fmt"
	"strings"
	"time"

	"dagger/pipeline/container"
	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/release/database"
	steps "github.com/renewa/pipeline/ci/verify/step"
)

// databaseHost is where a test finds its database.
const databaseHost = "db"

// trialDatabase returns the database of a test: named as the first environment's, if that has one.
func (v Verifier) trialDatabase() pipeline.Database {
	db := pipeline.Database{Name: "app", Owner: "app_owner", User: "app"}
	if first := v.First().Database; first != nil {
		db = *first
	}
	db.Image = v.Trial.Postgres
	return db
}

// scratch returns a new server with that database, for one test. The engine makes one service of equal containers,
// so each has a mark of its own.
func (v Verifier) scratch(mark string) *dagger.Container {
	db := v.trialDatabase()
	return container.From(db.Image).
		WithEnvVariable("POSTGRES_PASSWORD", "trial").
		WithEnvVariable("TRIAL", mark).
		WithNewFile("/docker-entrypoint-initdb.d/trial.sql", database.InitialSQL(db), dagger.ContainerWithNewFileOpts{Permissions: 0o644}).
		WithDefaultArgs([]string{"postgres", "-c", "fsync=off"}). // its data need not survive a crash
		WithExposedPort(5432)
}

// asService returns a container as the service that its image starts.
func asService(c *dagger.Container) *dagger.Service {
	return c.AsService(dagger.ContainerAsServiceOpts{UseEntrypoint: true})
}

// addresses returns the variables by which an app finds that database. Where one variable is stated for both roles,
// it is the owner's.
func (v Verifier) addresses() map[string]string {
	db := v.trialDatabase()
	return map[string]string{
		v.Trial.Database:  database.TrialURL(db, db.User, databaseHost),
		v.Trial.Migration: database.TrialURL(db, db.Owner, databaseHost),
	}
}

// databaseFailure is a step's Why. The engine reports no output of a service that ended, so it starts the database
// alone.
func (v Verifier) databaseFailure(ctx context.Context, err error) error {
	if !strings.Contains(err.Error(), "(aliased as "+databaseHost+")") {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	image := v.Trial.Postgres
	alone, failed := v.scratch("alone").WithExec(nil, dagger.ContainerWithExecOpts{UseEntrypoint: true, Expect: dagger.ReturnTypeAny}).Sync(ctx)
	if failed != nil && ctx.Err() != nil {
		return fmt.Errorf("the database %s started but did not listen on port 5432 in time", image)
	} else if failed != nil {
		return fmt.Errorf("the database %s did not start: %w", image, failed)
	}
	output, _ := alone.CombinedOutput(ctx)
	code, _ := alone.ExitCode(ctx)
	return fmt.Errorf("the database %s did not start: its container exited with code %d\n  %s", image, code, strings.Join(steps.LastLines(output), "\n  "))
}
