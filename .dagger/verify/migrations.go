package verify

import (
	"context"
	"fmt"
	"os"

	"dagger/pipeline/container"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/step"

	"github.com/renewa/pipeline/ci/release/database"
	"github.com/renewa/pipeline/ci/verify/migration"
	"github.com/renewa/pipeline/ci/verify/migration/result"
)

// migrations returns the step that tries the migrations. Its image is the stage with the migrator: nothing of the app
// is built for it.
func (v Verifier) migrations(ctx context.Context) (step.Step, error) {
	check, err := v.stating().Step(v.Options.From, v.Options.Released != nil)
	if err != nil {
		return step.Step{}, err
	}
	sources, err := container.Sources(migrationProgram)
	if err != nil {
		return step.Step{}, err
	}
	m := v.Migrations
	s := step.Step{
		Check:  check,
		App:    v.App.Name,
		Inputs: v.StageFiles(m.Files).WithDirectory(".", v.Below([]string{m.Dir, m.Squawk})),
		Pins:   map[string]string{"image postgres": v.Trial.Postgres, "image golang": container.Golang, "image node": container.Node, "squawk": container.Squawk},
		Ready: func(ctx context.Context) (*dagger.Container, error) {
			return v.migrator(ctx, container.Program(sources, migrationProgram))
		},
		Judge: result.Judge,
		Why:   v.databaseFailure,
		Flags: result.Flags(v.Options.From),
	}
	if s.Pins["program"], err = sources.Digest(ctx); err != nil {
		return step.Step{}, err
	}
	return v.withReleased(ctx, s)
}

// withReleased adds the released migrations to the step, where the call gives them.
func (v Verifier) withReleased(ctx context.Context, s step.Step) (_ step.Step, err error) {
	if v.Options.Released == nil {
		return s, nil
	}
	released := v.Options.Released.Filter(dagger.DirectoryFilterOpts{Include: []string{"atlas.sum"}})
	if s.Pins["released migrations"], err = released.Digest(ctx); err != nil {
		return step.Step{}, fmt.Errorf("the released migrations that --before names cannot be read: %w", err)
	}
	ready := s.Ready
	s.Ready = func(ctx context.Context) (*dagger.Container, error) {
		c, err := ready(ctx)
		if err != nil {
			return nil, err
		}
		return c.WithDirectory(result.Released, released), nil
	}
	return s, nil
}

// stating returns what the repository states of its migrations.
func (v Verifier) stating() result.Repository {
	db, first := v.trialDatabase(), v.First()
	return result.Repository{
		Settings: *v.Migrations, Context: v.App.Context, Variable: v.Trial.Migration,
		Server: "postgres://postgres:trial@" + databaseHost + ":5432/postgres", Like: database.TrialURL(db, db.Owner, databaseHost),
		Migrator: result.Migrator(first.Fly), FlyConfig: first.Stage.Config,
	}
}

// comparedDatabase is the variable with the address of the database that drift compares.
const comparedDatabase = "DATABASE_TO_COMPARE"

// Drift compares a database with the migrations, by the same program.
func (v Verifier) Drift(ctx context.Context, address *dagger.Secret, through *dagger.Service) (migration.Report, error) {
	if v.Migrations == nil {
		return migration.Report{}, result.ErrNone
	}
	sources, err := container.Sources(migrationProgram)
	if err != nil {
		return migration.Report{}, err
	}
	c := container.From(container.Debian).WithSecretVariable(comparedDatabase, address)
	if through != nil {
		c = c.WithServiceBinding("through", through)
	}
	run := v.stating().Drift(comparedDatabase)
	_, here, err := step.Script(ctx, v.withMigrations(c, container.Program(sources, migrationProgram)), run, true)
	if err != nil {
		return migration.Report{}, result.NotCompared(err)
	}
	return result.Compared(os.DirFS(here), run)
}
