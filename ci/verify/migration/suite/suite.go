// Package suite runs every check of a trial: it brings up databases with the migrator that ships and with Atlas's library,
// compares them, and measures what each migration locks.
package suite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"time"

	"github.com/renewa/pipeline/ci/verify/migration"
	"github.com/renewa/pipeline/ci/verify/migration/atlas"
	"github.com/renewa/pipeline/ci/verify/migration/folder"
	"github.com/renewa/pipeline/ci/verify/migration/scratch"
)

// patience is how long a server may take to start.
const patience = time.Minute

// A suite runs the checks of one trial. Later checks use the databases that earlier ones made.
type suite struct {
	migration.Trial
	server   *scratch.Server
	folder   *folder.Folder
	migrator migrator
	linter   atlas.Linter
	report   migration.Report

	schema  string // the schema in which the migrator keeps its table of revisions
	intact  bool   // the files are those that atlas.sum lists
	applied bool   // applyEach ran
	good    int    // how many files apply, one after the other
	up      bool   // the migrator brought up an empty database

	unfilled map[string]bool // the tables reported as empty
}

// Run makes a trial, prints its report to log and writes the report to the folder Out. Findings are no error.
func Run(ctx context.Context, t migration.Trial, log io.Writer) error {
	server, err := scratch.Connect(ctx, t.Server, t.Like, patience, log)
	if err != nil {
		return err
	}
	defer func() { _ = server.Close() }()
	s, err := newSuite(t, server)
	if err != nil {
		return err
	}
	if err := s.run(ctx); err != nil {
		return err
	}
	fmt.Fprint(log, s.report)
	return s.report.Write(t.Out)
}

func newSuite(t migration.Trial, server *scratch.Server) (*suite, error) {
	files, err := folder.Open(t.Dir, t.Shown)
	if err != nil {
		return nil, err
	}
	s := &suite{Trial: t, server: server, folder: files, migrator: migrator{t.Migrator, t.Variable}, schema: "public", unfilled: map[string]bool{}}
	if t.Naming != "" {
		if s.linter.Naming, err = regexp.Compile(t.Naming); err != nil {
			return nil, fmt.Errorf("naming in [migrations] is refused: %w", err)
		}
	}
	s.report = migration.Report{
		Version: migration.ReportVersion, Newest: files.Newest(), Rows: t.Rows, Findings: []migration.Finding{}, Locks: []migration.Lock{},
	}
	return s, nil
}

// run runs the checks in the order in which later ones need earlier ones.
func (s *suite) run(ctx context.Context) error {
	for _, c := range []struct {
		name string
		do   func(context.Context) (string, error)
	}{
		{"integrity", s.integrity},
		{"up", s.upFromEmpty},
		{"again", s.again},
		{"from", s.upFromVersions},
		{"drift", s.drift},
		{"data", s.data},
		{"lint", s.lint},
		{"locks", s.locks},
	} {
		if s.Database != "" && c.name != "integrity" && c.name != "drift" {
			continue
		}
		if err := s.check(ctx, c.name, c.do); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
	}
	if s.Database == "" {
		s.report.Findings = migration.Waive(s.waivable(), s.report.Findings)
	}
	s.report = s.report.Settle()
	return nil
}

// A skip is the reason why a check did not run.
type skip string

func (s skip) Error() string { return string(s) }

const noDatabase skip = "the migrator did not bring up a database"

func (s *suite) check(ctx context.Context, name string, do func(context.Context) (string, error)) error {
	began := time.Now()
	summary, err := do(ctx)
	c := migration.Check{Name: name, Status: migration.Passed, Seconds: math.Round(time.Since(began).Seconds()*1000) / 1000, Says: summary}
	var reason skip
	switch {
	case errors.As(err, &reason):
		c.Status, c.Says = migration.Skipped, string(reason)
	case err != nil:
		return err
	}
	s.report.Checks = append(s.report.Checks, c)
	return nil
}

// add adds findings to the report, each with the advice on its rules.
func (s *suite) add(found ...migration.Finding) {
	for _, f := range found {
		s.report.Findings = append(s.report.Findings, f.Advised())
	}
}

// waivable returns the files with their waivers.
func (s *suite) waivable() []migration.File { return s.folder.Waivable(s.Applied, s.good) }

// count writes a number and a noun: "1 file", "2 files".
func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprint(n, " ", noun)
}
