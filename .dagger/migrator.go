package main

import (
	"context"
	"fmt"
	"path"

	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/release/database"
	"github.com/renewa/pipeline/ci/verify/migration"
)

// triesMigrations are the sources of the program that does, its own folder first.
var triesMigrations = []string{"ci/cmd/migrations/*.go", "ci/verify/migration/*.go"}

// Where things lie in its container.
const (
	migrationsProgram = "/pipeline/migrations"
	migrationsSources = "/pipeline/sources"
	squawkReport      = "/pipeline/squawk"
)

// trialOf is what [migrations] says, as the program reads it.
func trialOf(f pipeline.Config) migration.Trial {
	m, db := f.Migrations, trialDatabase(f)
	return migration.Trial{
		Program: migrationsProgram, Dir: path.Join(migrationsSources, m.Dir), Shown: path.Join(f.App.Context, m.Dir),
		Server: "postgres://postgres:trial@" + databaseHost + ":5432/postgres", Like: database.TrialURL(db, db.Owner, databaseHost),
		Variable: f.Trial.Migration, Squawk: squawkReport, Applied: m.Applied, Naming: m.Naming, Rows: m.Rows,
		Limits: migration.Limits{Lock: m.Lock, Time: m.Blocked},
	}
}

// migrator is the stage that ships the migrator, with all that it is tried with.
func (p *Pipeline) migrator(ctx context.Context, f pipeline.Config, program *dagger.File) (*dagger.Container, error) {
	built, err := p.stageOf(f, f.Migrations.Target, f.Migrations.Files).WithUser("root").Sync(ctx)
	if err != nil {
		return nil, fmt.Errorf("build stage %s of %s: %w", f.Migrations.Target, f.App.Dockerfile, explained(err))
	}
	squawk, err := p.squawk(f).Sync(ctx)
	if err != nil {
		return nil, fmt.Errorf("run squawk %s in %s: %w", squawkVersion, nodeImage, explained(err))
	}
	return p.laidOut(f, built, program).WithDirectory(squawkReport, squawk), nil
}

// laidOut adds to a container our program, the migrations' sources, and a Postgres that lives as long as it runs.
func (p *Pipeline) laidOut(f pipeline.Config, c *dagger.Container, program *dagger.File) *dagger.Container {
	return c.WithFile(migrationsProgram, program).
		WithDirectory(migrationsSources, p.below(f, []string{f.Migrations.Dir}).Directory(f.App.Context)).
		WithServiceBinding(databaseHost, served(scratch(f, pipeline.MigrationsStep)))
}

// squawk is what it reports of the migrations.
func (p *Pipeline) squawk(f pipeline.Config) *dagger.Directory {
	context := p.Source.Directory(f.App.Context)
	files := context.Directory(f.Migrations.Dir).Filter(dagger.DirectoryFilterOpts{Include: []string{"*.sql"}})
	if name := f.Migrations.Squawk; name != "" {
		files = files.WithFile(".squawk.toml", context.File(name))
	}
	return dag.Container(dagger.ContainerOpts{Platform: platform}).From(nodeImage).
		WithMountedCache("/root/.npm", dag.CacheVolume("npm")).
		WithExec([]string{"npm", "install", "--global", "--no-audit", "--no-fund", "--no-update-notifier", "squawk-cli@" + squawkVersion}).
		WithNewFile("/pipeline/squawk.sh", migration.SquawkScript).
		WithDirectory("/migrations", files).
		WithExec([]string{"sh", "/pipeline/squawk.sh", "/migrations", "/report"}).
		Directory("/report")
}
