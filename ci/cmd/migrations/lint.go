package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/postgres"
	_ "ariga.io/atlas/sql/postgres/postgrescheck" // registers the analyzers
	"ariga.io/atlas/sql/schema"
	"ariga.io/atlas/sql/sqlcheck"
	"ariga.io/atlas/sql/sqlclient"

	"github.com/renewa/pipeline/ci/migration"
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

// passOver runs a file statement by statement and notes what each changed.
func passOver(ctx context.Context, db *sql.DB, file migrate.File) (*sqlcheck.Pass, error) {
	driver, realm, err := inspect(ctx, db)
	if err != nil {
		return nil, err
	}
	statements, err := file.StmtDecls()
	if err != nil {
		return nil, err
	}
	f := &sqlcheck.File{File: file, From: realm}
	for _, s := range statements {
		if _, err := db.ExecContext(ctx, s.Text); err != nil {
			return nil, err
		}
		_, next, err := inspect(ctx, db)
		if err != nil {
			return nil, err
		}
		changes, err := driver.RealmDiff(realm, next)
		if err != nil {
			return nil, err
		}
		f.Changes = append(f.Changes, &sqlcheck.Change{Changes: renamed(s.Text, changes), Stmt: s})
		realm = next
	}
	f.To = realm
	if f.Sum, err = driver.RealmDiff(f.From, f.To); err != nil {
		return nil, err
	}
	return &sqlcheck.Pass{File: f, Dev: &sqlclient.Client{Name: postgres.DriverName, DB: db, Driver: driver}}, nil
}

var renames = regexp.MustCompile(`(?is)^\s*ALTER\s+TABLE\b.*\bRENAME\b`)

// renamed: two states do not tell a renamed thing from one that was dropped while another was added. The statement does.
func renamed(statement string, changes schema.Changes) schema.Changes {
	if !renames.MatchString(statement) {
		return changes
	}
	if len(changes) == 2 {
		var from, to *schema.Table
		for _, c := range changes {
			switch c := c.(type) {
			case *schema.DropTable:
				from = c.T
			case *schema.AddTable:
				to = c.T
			}
		}
		if from != nil && to != nil {
			return schema.Changes{&schema.RenameTable{From: from, To: to}}
		}
	}
	for _, c := range changes {
		if m, ok := c.(*schema.ModifyTable); ok {
			m.Changes = renamedColumn(m.Changes)
		}
	}
	return changes
}

func renamedColumn(changes schema.Changes) schema.Changes {
	var from, to *schema.Column
	var others schema.Changes
	for _, c := range changes {
		switch c := c.(type) {
		case *schema.DropColumn:
			from = c.C
		case *schema.AddColumn:
			to = c.C
		default:
			others = append(others, c)
		}
	}
	if from == nil || to == nil {
		return changes
	}
	return append(others, &schema.RenameColumn{From: from, To: to})
}
