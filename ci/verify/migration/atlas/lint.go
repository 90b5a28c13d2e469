package atlas

import (
	"context"
	"database/sql"
	"regexp"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/postgres"
	_ "ariga.io/atlas/sql/postgres/postgrescheck" // registers the analyzers
	"ariga.io/atlas/sql/sqlcheck"

	"github.com/renewa/pipeline/ci/verify/migration"
	"github.com/renewa/pipeline/ci/verify/migration/folder"
)

// A Linter runs Atlas's analyzers, and compares new names with Naming unless that is nil.
type Linter struct{ Naming *regexp.Regexp }

// Lint applies a file to a database in which all files before it are applied, and returns its findings. place is the name
// of the file in findings.
func (l Linter) Lint(ctx context.Context, db *sql.DB, file migrate.File, place string) ([]migration.Finding, error) {
	pass, err := runStatements(ctx, db, file)
	if err != nil {
		return nil, err
	}
	found := l.misnamed(pass.File, place)
	analyzers, err := sqlcheck.AnalyzerFor(postgres.DriverName, nil)
	if err != nil {
		return nil, err
	}
	reports := 0
	pass.Reporter = sqlcheck.ReportWriterFunc(func(r sqlcheck.Report) {
		reports++
		for _, d := range r.Diagnostics {
			found = append(found, migration.Finding{
				Check: "lint", File: place, Line: folder.Line(file, &migrate.Stmt{Pos: d.Pos}), Rules: []string{d.Code}, What: d.Text,
			})
		}
	})
	for _, a := range analyzers {
		before := reports
		// After a report, an error repeats that the analyzer has findings.
		if err := a.Analyze(ctx, pass); err != nil && reports == before {
			return nil, err
		}
	}
	return found, nil
}
