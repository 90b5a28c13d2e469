package verify

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"dagger/pipeline/container"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/step"

	"github.com/renewa/pipeline/ci/config"
	"github.com/renewa/pipeline/ci/verify/migration"
	steps "github.com/renewa/pipeline/ci/verify/step"
)

// migrations returns the step that tries the migrations. Its image is the stage with the migrator: nothing of the app
// is built for it.
func (v Verifier) migrations(ctx context.Context) (step.Step, error) {
	m, release := v.Migrations, v.First().Fly.ReleaseMachine()
	if release == nil {
		return step.Step{}, fmt.Errorf("%s has no release_command: add the command that runs the migrations to [deploy]", v.First().Stage.Config)
	}
	sources, err := container.Sources(migrationProgram)
	if err != nil {
		return step.Step{}, err
	}
	t := v.migrationTrial()
	t.Migrator, t.From = release.Init.Cmd, v.Options.From
	s := step.Step{
		Check:  steps.Check{Name: steps.MigrationsStep, Own: "migrations", Timeout: m.Timeout, Reports: []string{migration.ReportFile}},
		App:    v.App.Name,
		Inputs: v.StageFiles(m.Files).WithDirectory(".", v.Below([]string{m.Dir, m.Squawk})),
		Pins:   map[string]string{"image postgres": v.Trial.Postgres, "image golang": container.Golang, "image node": container.Node, "squawk": container.Squawk},
		Judge:  judgeMigrations,
		Why:    v.databaseFailure,
	}
	if s.Pins["program"], err = sources.Digest(ctx); err != nil {
		return step.Step{}, err
	}
	var released *dagger.Directory
	if v.Options.Released != nil {
		t.Released, released = "/pipeline/released", v.Options.Released.Filter(dagger.DirectoryFilterOpts{Include: []string{"atlas.sum"}})
		if s.Pins["released migrations"], err = released.Digest(ctx); err != nil {
			return step.Step{}, fmt.Errorf("read the released migrations, which --before names: %w", err)
		}
	}
	if v.Options.From != "" {
		s.Flags = " --from " + v.Options.From
	}
	s.Check.Run = []string{t.Command(programPath)}
	s.Ready = func(ctx context.Context) (*dagger.Container, error) {
		c, err := v.migrator(ctx, container.Program(sources, migrationProgram))
		if err == nil && released != nil {
			c = c.WithDirectory(t.Released, released)
		}
		return c, err
	}
	return s, nil
}

// judgeMigrations makes the verdict of what the trial found.
func judgeMigrations(results fs.FS, v *steps.Verdict) error {
	r, err := migration.Read(results)
	if err != nil {
		if v.Status != steps.Failed {
			v.Fail("%v", err)
		}
		return nil // else the failed command is the reason
	}
	for _, reason := range r.Reasons() {
		v.Fail("%s", reason)
	}
	v.Details = r.String()
	return nil
}

// Drift compares a database with the migrations, by the same program.
func (v Verifier) Drift(ctx context.Context, address *dagger.Secret, through *dagger.Service) (migration.Report, error) {
	if v.Migrations == nil {
		return migration.Report{}, fmt.Errorf("%s has no [migrations]: add it, with the folder of the migrations and the stage of the Dockerfile that has the migrator", config.File)
	}
	sources, err := container.Sources(migrationProgram)
	if err != nil {
		return migration.Report{}, err
	}
	t := v.migrationTrial()
	t.Database, t.Squawk = "DATABASE_TO_COMPARE", ""
	c := container.From(container.Debian).WithSecretVariable(t.Database, address)
	if through != nil {
		c = c.WithServiceBinding("through", through)
	}
	c = v.withMigrations(c, container.Program(sources, migrationProgram))
	run := steps.Check{Name: "drift", Own: "migrations", Run: []string{t.Command(programPath)}, Timeout: v.Migrations.Timeout, Reports: []string{migration.ReportFile}}
	_, here, err := step.Script(ctx, c, run, true)
	if err != nil {
		return migration.Report{}, fmt.Errorf("compare the database with the migrations: %s", steps.Cause(err.Error()))
	}
	r, err := migration.Read(os.DirFS(here))
	if verdict, verr := steps.Read(os.DirFS(here), run); err != nil && verr == nil && len(verdict.Commands) > 0 {
		err = fmt.Errorf("compare the database with the migrations: %s", strings.Join(verdict.Reasons, "\n  "))
	}
	return r, err
}
