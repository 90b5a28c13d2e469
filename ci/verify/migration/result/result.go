// Package result makes verdicts of the results of the migrations program, and its command line of what a repository
// states. It is apart from package migration, because the program that runs in the app's image is built without it.
package result

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/renewa/pipeline/ci/config"
	"github.com/renewa/pipeline/ci/config/flytoml"
	"github.com/renewa/pipeline/ci/config/lockmode"
	"github.com/renewa/pipeline/ci/verify/migration"
	"github.com/renewa/pipeline/ci/verify/migration/settings"
	"github.com/renewa/pipeline/ci/verify/step"
)

// Paths in the container of the program.
const (
	Program  = "/pipeline/migrations"
	Sources  = "/pipeline/sources"
	Squawk   = "/pipeline/squawk"
	Released = "/pipeline/released"
)

// program begins each message of the program.
const program = "migrations"

// A Repository is what the repository states of its migrations.
type Repository struct {
	Settings  settings.Migrations
	Context   string // the folder with the app's sources
	Variable  string // in which the migrator finds the address of its database
	Server    string // the address of a Postgres whose user may create databases
	Like      string // the address of the database that every other is copied from
	Migrator  []string
	FlyConfig string // the name of the fly.toml with the migrator
}

// Migrator returns the release command of an environment, which runs the migrations; nil when it has none.
func Migrator(c flytoml.Config) []string {
	release := c.ReleaseMachine()
	if release == nil {
		return nil
	}
	return release.Init.Cmd
}

// trial returns the trial that [migrations] describes, without a migrator.
func (r Repository) trial() migration.Trial {
	m, t := r.Settings, migration.NewTrial()
	t.Dir, t.Shown = path.Join(Sources, m.Dir), path.Join(r.Context, m.Dir)
	t.Server, t.Like, t.Variable = r.Server, r.Like, r.Variable
	t.Squawk, t.Applied, t.Naming, t.Rows = Squawk, m.Applied, m.Naming, m.Rows
	t.Limits = migration.Limits{Lock: lockmode.Mode(m.Lock), Time: m.Blocked}
	return t
}

// Step returns the check of the step, which starts from one version, or from each of them when from is empty.
func (r Repository) Step(from string, released bool) (step.Check, error) {
	if r.Migrator == nil {
		return step.Check{}, fmt.Errorf("%s has no release_command: add the command that runs the migrations to [deploy]", r.FlyConfig)
	}
	t := r.trial()
	t.Migrator, t.From = r.Migrator, from
	if released {
		t.Released = Released
	}
	return step.Check{
		Name: step.MigrationsStep, Own: program, Run: []string{t.Command(Program)}, Timeout: r.Settings.Timeout, Reports: []string{migration.ReportFile},
	}, nil
}

// Drift returns the check that compares a database with the migrations. variable has the address of the database.
func (r Repository) Drift(variable string) step.Check {
	t := r.trial()
	t.Database, t.Squawk = variable, ""
	return step.Check{Name: "drift", Own: program, Run: []string{t.Command(Program)}, Timeout: r.Settings.Timeout, Reports: []string{migration.ReportFile}}
}

// Flags returns the flags that repeat a call which starts from a version, with a space before them.
func Flags(from string) string {
	if from == "" {
		return ""
	}
	return " --from " + from
}

// ErrNone is a repository without [migrations].
var ErrNone = fmt.Errorf("%s has no [migrations]: add it, with the folder of the migrations and the stage of the Dockerfile that has the migrator", config.File)

// Judge makes the verdict of the report among a step's results. Without a report, the reason is the command that failed.
func Judge(results fs.FS, v *step.Verdict) error {
	r, err := migration.Read(results)
	if err != nil {
		if v.Status != step.Failed {
			v.Fail("%v", err)
		}
		return nil
	}
	for _, reason := range r.Reasons() {
		v.Fail("%s", reason)
	}
	v.Details = r.String()
	return nil
}

// Compared returns the report of a drift. Without a report, the error has its message.
func Compared(results fs.FS, c step.Check) (migration.Report, error) {
	r, err := migration.Read(results)
	if verdict, verr := step.Read(results, c); err != nil && verr == nil && len(verdict.Commands) > 0 {
		err = fmt.Errorf("the database was not compared with the migrations: %s", strings.Join(verdict.Reasons, "\n  "))
	}
	return r, err
}

// NotCompared returns the error of a drift that an engine could not run.
func NotCompared(err error) error {
	return fmt.Errorf("the database was not compared with the migrations: %s", step.Cause(err.Error()))
}
