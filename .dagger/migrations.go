package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/verify/check"
	"github.com/renewa/pipeline/ci/verify/migration"
)

// Try the migrations on databases of their own, by the migrator that ships, as [migrations] in pipeline.toml says.
//
// Are they those that atlas.sum lists, do they bring up an empty database and one of every version, does a second run
// change nothing, is the data moved as it should be, what do Atlas and squawk say, what is locked for how long.
//
//	dagger call migrations
//	dagger call migrations --from 20260126090000
//	dagger call migrations --before https://github.com/OWNER/REPO#main:APP/migrations
//
// +check
// +cache="never"
func (p *Pipeline) Migrations(
	ctx context.Context,
	// Start from this version, as the stage ahead may have it. Left out, from each.
	// +optional
	from string,
	// The migrations as they were released, a folder or one of a Git repository: none of them may differ.
	// +optional
	before *dagger.Directory,
	// Run it anew, even if nothing changed.
	// +optional
	again bool,
) (string, error) {
	return p.alone(ctx, pipeline.MigrationsStep, wish{again: again, from: from, released: before})
}

// Compare a database with the migrations: it names what somebody altered by hand.
//
// The database is read, not written. One that only this machine reaches, as through `fly proxy`, is given by its port
// here, and its address names the host `through`.
//
//	dagger call drift --database env://DATABASE_URL
//	dagger call drift --database env://DATABASE_URL --through tcp://127.0.0.1:5432
//
// +cache="never"
func (p *Pipeline) Drift(
	ctx context.Context,
	// Its address, postgres://user:password@host:5432/name, for a role that may read the schema.
	database *dagger.Secret,
	// A port of this machine that leads to it.
	// +optional
	through *dagger.Service,
) (string, error) {
	f, err := p.fleet(ctx)
	if err == nil && f.Migrations == nil {
		err = noMigrations
	}
	if err != nil {
		return "", told(err)
	}
	r, err := p.drift(ctx, f, database, through)
	if err != nil {
		return "", told(err)
	}
	if len(r.Reasons()) > 0 {
		return "", errors.New(r.String())
	}
	return r.String(), nil
}

var noMigrations = fmt.Errorf("%s has no [migrations]: it says where they are, and which stage of the Dockerfile has the migrator", fleetFile)

// migrations is the step that tries them. It knows nothing of the app: its image is the stage with the migrator.
func (p *Pipeline) migrations(ctx context.Context, f pipeline.Config, a wish) (step, error) {
	m := f.Migrations
	config, err := p.config(ctx, f, f.First())
	if err != nil {
		return step{}, err
	}
	if config.Deploy.ReleaseCommand == "" {
		return step{}, fmt.Errorf("%s has no release_command: it is the command that migrates", f.First().Config)
	}
	sources, err := programSources(triesMigrations...)
	if err != nil {
		return step{}, err
	}
	t := trialOf(f)
	t.Migrator, t.From = config.Deploy.ReleaseCommand, a.from
	s := step{
		Check:  pipeline.Check{Name: pipeline.MigrationsStep, Timeout: m.Timeout, Reports: []string{migration.ReportFile}},
		Inputs: p.stageFiles(f, m.Files).WithDirectory(".", p.below(f, []string{m.Dir, m.Squawk})),
		Pins:   map[string]string{"image postgres": f.Trial.Postgres, "image golang": golangImage, "image node": nodeImage, "squawk": squawkVersion},
		Judge:  judged,
		Why:    databaseSays(f),
	}
	if s.Pins["program"], err = sources.Digest(ctx); err != nil {
		return step{}, err
	}
	var released *dagger.Directory
	if a.released != nil {
		t.Released, released = "/pipeline/released", a.released.Filter(dagger.DirectoryFilterOpts{Include: []string{"atlas.sum"}})
		if s.Pins["released migrations"], err = released.Digest(ctx); err != nil {
			return step{}, fmt.Errorf("read the migrations as they were released: %w", err)
		}
	}
	if a.from != "" {
		s.Flags = " --from " + a.from
	}
	s.Run = []string{t.Command()}
	s.Ready = func(ctx context.Context) (*dagger.Container, error) {
		c, err := p.migrator(ctx, f, program(sources, triesMigrations[0]))
		if err == nil && released != nil {
			c = c.WithDirectory(t.Released, released)
		}
		return c, err
	}
	return s, nil
}

// drift compares a database with the files, by the same program.
func (p *Pipeline) drift(ctx context.Context, f pipeline.Config, database *dagger.Secret, through *dagger.Service) (migration.Report, error) {
	sources, err := programSources(triesMigrations...)
	if err != nil {
		return migration.Report{}, err
	}
	t := trialOf(f)
	t.Database, t.Squawk = "DATABASE_TO_COMPARE", ""
	c := dag.Container(dagger.ContainerOpts{Platform: platform}).From(debianImage).WithSecretVariable(t.Database, database)
	if through != nil {
		c = c.WithServiceBinding("through", through)
	}
	c = p.laidOut(f, c, program(sources, triesMigrations[0]))
	run := pipeline.Check{Name: "drift", Run: []string{t.Command()}, Timeout: f.Migrations.Timeout, Reports: []string{migration.ReportFile}}
	_, here, err := scripted(ctx, c, run, true)
	if err != nil {
		return migration.Report{}, fmt.Errorf("compare the database: %s", check.Cause(err.Error()))
	}
	r, err := migration.Read(os.DirFS(here))
	if v, verr := check.Read(os.DirFS(here), run); err != nil && verr == nil && len(v.Commands) > 0 {
		err = fmt.Errorf("compare the database: %s", strings.Join(v.Commands[0].Last, "\n  "))
	}
	return r, err
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
