package verify

import (
	"context"
	"fmt"

	"dagger/pipeline/container"
	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/verify/migration"
	"github.com/renewa/pipeline/ci/verify/migration/result"
	steps "github.com/renewa/pipeline/ci/verify/step"
)

// migrationProgram is the folder of the program that checks migrations.
const migrationProgram = "ci/cmd/migrations"

// migrator returns the stage that ships the migrator, with all that the trial needs.
func (v Verifier) migrator(ctx context.Context, program *dagger.File) (*dagger.Container, error) {
	m := v.Migrations
	built, err := v.Stage(m.Target, m.Files).WithUser("root").Sync(ctx)
	if err != nil {
		return nil, fmt.Errorf("stage %s of %s was not built: %w", m.Target, v.App.Dockerfile, container.BuildError(err))
	}
	squawk, err := v.squawk().Sync(ctx)
	if err != nil {
		return nil, fmt.Errorf("squawk %s was not installed or did not run in %s: %w", container.Squawk, container.Node, container.BuildError(err))
	}
	return v.withMigrations(built, program).WithDirectory(result.Squawk, squawk), nil
}

// withMigrations adds the program, the migrations, and a Postgres that lives as long as the container.
func (v Verifier) withMigrations(c *dagger.Container, program *dagger.File) *dagger.Container {
	return c.WithFile(result.Program, program).
		WithDirectory(result.Sources, v.Below([]string{v.Migrations.Dir}).Directory(v.App.Context)).
		WithServiceBinding(databaseHost, asService(v.scratch(steps.MigrationsStep)))
}

// squawk returns squawk's report of the migrations.
func (v Verifier) squawk() *dagger.Directory {
	context := v.Files.Directory(v.App.Context)
	files := context.Directory(v.Migrations.Dir).Filter(dagger.DirectoryFilterOpts{Include: []string{"*.sql"}})
	if name := v.Migrations.Squawk; name != "" {
		files = files.WithFile(".squawk.toml", context.File(name))
	}
	return container.From(container.Node).
		WithMountedCache("/root/.npm", dag.CacheVolume("npm")).
		WithExec([]string{"npm", "install", "--global", "--no-audit", "--no-fund", "--no-update-notifier", "squawk-cli@" + container.Squawk}).
		WithNewFile("/pipeline/squawk.sh", migration.SquawkScript).
		WithDirectory("/migrations", files).
		WithExec([]string{"sh", "/pipeline/squawk.sh", "/migrations", "/report"}).
		Directory("/report")
}
