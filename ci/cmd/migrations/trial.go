package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"time"

	"github.com/renewa/pipeline/ci/verify/migration"
)

// A trial asks one question after the other, on databases that it makes for each.
type trial struct {
	options
	server *server
	folder *folder
	report migration.Report

	tables string // the schema in which the migrator keeps its table of revisions
	whole  bool   // the files are those that atlas.sum lists
	ready  bool   // the databases of every version are made
	good   int    // how many files apply, one after the other
	up     bool   // the migrator that ships brought an empty database up
}

// skipped says why a question was not asked.
type skipped string

func (s skipped) Error() string { return string(s) }

// run asks them in the order in which the later ones need the earlier.
func (t *trial) run(ctx context.Context) error {
	all := []struct {
		name string
		ask  func(context.Context) (string, error)
	}{
		{"integrity", t.integrity},
		{"up", t.upFromEmpty},
		{"again", t.again},
		{"from", t.upFromVersions},
		{"drift", t.drift},
		{"data", t.data},
		{"lint", t.lint},
		{"locks", t.locks},
	}
	for _, c := range all {
		if t.database != "" && c.name != "integrity" && c.name != "drift" {
			continue
		}
		if err := t.check(ctx, c.name, c.ask); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
	}
	if t.database == "" {
		t.report.Findings = migration.Waive(t.folder.waivers(t.applied, t.good), t.report.Findings)
	}
	t.report = t.report.Settle()
	return nil
}

func (t *trial) check(ctx context.Context, name string, ask func(context.Context) (string, error)) error {
	began := time.Now()
	says, err := ask(ctx)
	c := migration.Check{Name: name, Status: migration.Passed, Seconds: rounded(time.Since(began)), Says: says}
	var why skipped
	switch {
	case errors.As(err, &why):
		c.Status, c.Says = migration.Skipped, string(why)
	case err != nil:
		return err
	}
	t.report.Checks = append(t.report.Checks, c)
	return nil
}

// found notes what is wrong.
func (t *trial) found(f ...migration.Finding) {
	for _, f := range f {
		t.report.Findings = append(t.report.Findings, f.Advised())
	}
}

func (t *trial) write(out io.Writer) error {
	text, err := t.report.JSON()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(t.out, 0o755); err != nil {
		return err
	}
	fmt.Fprint(out, t.report)
	return os.WriteFile(filepath.Join(t.out, migration.ReportFile), text, 0o644)
}

func rounded(d time.Duration) float64 { return math.Round(d.Seconds()*1000) / 1000 }
