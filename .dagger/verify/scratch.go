package verify

import (
	"context"

	"dagger/pipeline/container"
	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/release/database"
	"github.com/renewa/pipeline/ci/verify/trial"
)

// databaseHost is where a test finds its database.
const databaseHost = "db"

// trialDatabase returns the database of a test.
func (v Verifier) trialDatabase() pipeline.Database {
	return trial.Database(v.First().Database, *v.Trial)
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

// addresses returns the variables by which an app finds that database.
func (v Verifier) addresses() map[string]string {
	db := v.trialDatabase()
	return v.Trial.Addresses(database.TrialURL(db, db.User, databaseHost), database.TrialURL(db, db.Owner, databaseHost))
}

// databaseFailure is a step's Why.
func (v Verifier) databaseFailure(ctx context.Context, err error) error {
	return trial.Server{Host: databaseHost, Image: v.Trial.Postgres, Alone: v.databaseAlone}.Why(ctx, err)
}

// databaseAlone runs the database to its end.
func (v Verifier) databaseAlone(ctx context.Context) (output string, code int, err error) {
	alone, err := v.scratch("alone").WithExec(nil, dagger.ContainerWithExecOpts{UseEntrypoint: true, Expect: dagger.ReturnTypeAny}).Sync(ctx)
	if err != nil {
		return "", 0, err
	}
	output, _ = alone.CombinedOutput(ctx)
	code, _ = alone.ExitCode(ctx)
	return output, code, nil
}
