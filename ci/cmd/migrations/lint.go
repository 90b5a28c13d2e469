package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/postgres"
	_ "ariga.io/atlas/sql/postgres/postgrescheck" // registers the analyzers
	"ariga.io/atlas/sql/sqlcheck"

	"github.com/renewa/pipeline/ci/verify/migration"
)

// lint asks Atlas's analyzers about every file, and adds what squawk said.
func (t *trial) lint(ctx context.Context) (string, error) {
	if err := t.states(ctx); err != nil {
		return "", err
	}
	files := t.folder.waivers(t.applied, t.good)
	var atlas []migration.Finding
	linted := 0
	for i, file := range t.folder.list {
		if !files[i].Linted {
			continue
		}
		linted++
		found, err := t.analyze(ctx, i, file)
		if err != nil {
			return "", fmt.Errorf("analyze %s: %w", file.Name(), err)
		}
		atlas = append(atlas, found...)
	}
	tools, squawk := "Atlas", []migration.Finding(nil)
	if t.squawk != "" {
		report, err := os.ReadFile(filepath.Join(t.squawk, "report.json"))
		said, serr := os.ReadFile(filepath.Join(t.squawk, "said"))
		if err != nil || serr != nil {
			return "", fmt.Errorf("read what squawk left in %s: %w, %w", t.squawk, err, serr)
		}
		if squawk, err = migration.FromSquawk(report, string(said), files); err != nil {
			return "", err
		}
		tools = "Atlas and squawk"
	}
	t.found(migration.Merge(files, atlas, squawk)...)
	return fmt.Sprintf("%d files, by %s", linted, tools), nil
}

func (t *trial) analyze(ctx context.Context, i int, file migrate.File) (found []migration.Finding, err error) {
	err = t.server.copied(ctx, "lint", state(i), func(db *sql.DB) error {
		pass, err := passOver(ctx, db, file)
		if err != nil {
			return err
		}
		found = t.misnamed(pass.File)
		analyzers, err := sqlcheck.AnalyzerFor(postgres.DriverName, nil)
		if err != nil {
			return err
		}
		reported := 0
		pass.Reporter = sqlcheck.ReportWriterFunc(func(r sqlcheck.Report) {
			reported++
			for _, d := range r.Diagnostics {
				found = append(found, migration.Finding{
					Check: "lint", File: t.folder.place(file), Line: line(file, &migrate.Stmt{Pos: d.Pos}), Rules: []string{d.Code}, What: d.Text,
				})
			}
		})
		for _, a := range analyzers {
			before := reported
			// An analyzer whose findings are errors says so by another error, after its report.
			if err := a.Analyze(ctx, pass); err != nil && reported == before {
				return err
			}
		}
		return nil
	})
	return found, err
}
