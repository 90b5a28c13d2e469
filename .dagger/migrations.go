package main

import (
	"context"
	"fmt"
	"io/fs"
	"path"

	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/check"
	"github.com/renewa/pipeline/ci/database"
	"github.com/renewa/pipeline/ci/fleet"
	"github.com/renewa/pipeline/ci/migration"
)

// Try the migrations on databases of their own, by the migrator that ships, as [migrations] in pipeline.toml says.
//
// Are they those that atlas.sum lists, do they bring up an empty database and one of every version, does a second run
// change nothing, is the data moved as it should be, what do Atlas and squawk say, what is locked for how long.
//
//	dagger call migrations
//	dagger call migrations --from 20260126090000
//
// +check
// +cache="never"
func (p *Pipeline) Migrations(
	ctx context.Context,
	// Start from this version, as the stage ahead may have it. Left out, from each.
	// +optional
	from string,
	// Run it anew, even if nothing changed.
	// +optional
	again bool,
) (string, error) {
	return p.alone(ctx, fleet.MigrationsStep, wish{again: again, from: from})
}

// migrations is the step that tries them. It knows nothing of the app: its image is the stage with the migrator.
func (p *Pipeline) migrations(ctx context.Context, f fleet.Fleet, a wish) (step, error) {
	m := f.Migrations
	config, err := p.config(ctx, f, f.First())
	if err != nil {
		return step{}, err
	}
	migrator := config.Deploy.ReleaseCommand
	if migrator == "" {
		return step{}, fmt.Errorf("%s has no release_command: it is the command that migrates", f.First().Config)
	}
	sources, err := programSources("ci/cmd/migrations/*.go", "ci/migration/*.go")
	if err != nil {
		return step{}, err
	}
	read := p.below(f, append([]string{m.Dir, m.Squawk}, m.Files...))
	s := step{
		Check:  fleet.Check{Name: fleet.MigrationsStep, Timeout: m.Timeout, Reports: []string{migration.ReportFile}},
		Inputs: p.stageFiles(f, m.Files).WithDirectory(".", read),
		Pins:   map[string]string{"image postgres": f.Trial.Postgres, "image golang": golangImage, "image node": nodeImage, "squawk": squawkVersion},
		Judge:  judged,
	}
	if s.Pins["program"], err = sources.Digest(ctx); err != nil {
		return step{}, err
	}
	built := p.stageOf(f, m.Target, m.Files)
	s.Run = []string{p.trialOf(f, migrator, a).Command()}
	s.Ready = func(ctx context.Context) (*dagger.Container, error) {
		return p.migrator(ctx, f, built, sources)
	}
	return s, nil
}

const tried = "/pipeline/tried" // where the migrations' sources lie

func (p *Pipeline) trialOf(f fleet.Fleet, migrator string, a wish) migration.Trial {
	m := f.Migrations
	t := migration.Trial{
		Program: "/pipeline/migrations", Dir: path.Join(tried, m.Dir), Shown: path.Join(f.App.Context, m.Dir),
		Server: "postgres://trial:trial@database:5432/postgres", Migrator: migrator, Variable: f.Trial.Migration,
		Squawk: "/pipeline/squawk", From: a.from, Applied: m.Applied, Rows: m.Rows, Limits: migration.Limits{Lock: m.Lock, Time: m.Blocked},
	}
	if db := f.First().Database; db != nil {
		t.Like = database.TrialURL(*db, db.Owner, "database")
	}
	return t
}

// migrator is the stage that ships the migrator, with the migrations' sources, our program, and a Postgres that lives as
// long as they run.
func (p *Pipeline) migrator(ctx context.Context, f fleet.Fleet, built *dagger.Container, sources *dagger.Directory) (*dagger.Container, error) {
	if _, err := built.Sync(ctx); err != nil {
		return nil, fmt.Errorf("build stage %s of %s: %w", f.Migrations.Target, f.App.Dockerfile, explained(err))
	}
	migrations := p.below(f, []string{f.Migrations.Dir}).Directory(f.App.Context)
	squawk := p.squawk(f, migrations.Directory(f.Migrations.Dir))
	if _, err := squawk.Sync(ctx); err != nil {
		return nil, fmt.Errorf("run squawk %s in %s: %w", squawkVersion, nodeImage, explained(err))
	}
	return built.WithUser("root").
		WithFile("/pipeline/migrations", program(sources, "ci/cmd/migrations")).
		WithDirectory("/pipeline/squawk", squawk).
		WithServiceBinding("database", brief(f)).
		WithDirectory(tried, migrations), nil
}

// squawk is what it reports of the migrations.
func (p *Pipeline) squawk(f fleet.Fleet, migrations *dagger.Directory) *dagger.Directory {
	files := migrations.Filter(dagger.DirectoryFilterOpts{Include: []string{"*.sql"}})
	if name := f.Migrations.Squawk; name != "" {
		files = files.WithFile(".squawk.toml", p.Source.File(path.Join(f.App.Context, name)))
	}
	return dag.Container(dagger.ContainerOpts{Platform: platform}).From(nodeImage).
		WithMountedCache("/root/.npm", dag.CacheVolume("npm")).
		WithExec([]string{"npm", "install", "--global", "--no-audit", "--no-fund", "--no-update-notifier", "squawk-cli@" + squawkVersion}).
		WithNewFile("/pipeline/squawk.sh", migration.SquawkScript).
		WithDirectory("/migrations", files).
		WithExec([]string{"sh", "/pipeline/squawk.sh", "/migrations", "/report"}).
		Directory("/report")
}

// brief is a Postgres for one step, with the roles and the rights of the first stage, as far as it says any.
func brief(f fleet.Fleet) *dagger.Service {
	server := dag.Container(dagger.ContainerOpts{Platform: platform}).From(f.Trial.Postgres).
		WithEnvVariable("POSTGRES_USER", "trial").
		WithEnvVariable("POSTGRES_PASSWORD", "trial").
		WithEnvVariable("POSTGRES_DB", "postgres").
		WithExposedPort(5432).
		WithDefaultArgs([]string{"postgres", "-c", "fsync=off"})
	if db := f.First().Database; db != nil {
		server = server.WithNewFile("/docker-entrypoint-initdb.d/rights.sql", database.Initial(*db))
	}
	return server.AsService(dagger.ContainerAsServiceOpts{UseEntrypoint: true})
}

// judged makes the verdict of what the trial found.
func judged(results fs.FS, v *check.Verdict) error {
	r, err := migration.Read(results)
	if err != nil {
		if v.Status != check.Failed {
			v.Fail("%v", err)
		}
		return nil // else why it left none is known
	}
	for _, reason := range r.Reasons() {
		v.Fail("%s", reason)
	}
	v.Details = r.String()
	return nil
}
