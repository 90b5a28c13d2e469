package suite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"ariga.io/atlas/sql/migrate"

	"github.com/renewa/pipeline/ci/verify/migration"
	"github.com/renewa/pipeline/ci/verify/migration/folder"
	"github.com/renewa/pipeline/ci/verify/migration/lock"
	"github.com/renewa/pipeline/ci/verify/migration/rows"
)

// locks applies one migration after the other to tables with rows, and records how long each holds which lock. A table is
// filled right after the migration that creates it, so its rows go through all later migrations.
func (s *suite) locks(ctx context.Context) (string, error) {
	if err := s.applyEach(ctx); err != nil {
		return "", err
	}
	const name = "locks"
	if err := s.server.Create(ctx, name, state(0)); err != nil {
		return "", err
	}
	for i, file := range s.folder.Files[:s.good] {
		ok, err := s.measure(ctx, name, file)
		if err == nil && !ok {
			// The next migration is measured on the schema that this one would have made.
			err = s.server.Create(ctx, name, state(i+1))
		}
		if err == nil {
			err = s.server.With(name, func(db *sql.DB) error { return s.fill(ctx, db, file) })
		}
		if err != nil {
			return "", fmt.Errorf("the locks of %s cannot be measured: %w", file.Name(), err)
		}
	}
	s.add(s.Limits.Exceeded(s.report.Locks, s.Rows)...)
	return fmt.Sprintf("%s, %s in each table", count(s.good, "file"), count(s.Rows, "row")), nil
}

// measure reports whether a file applies to tables with rows; it is a finding if the file does not. What a file up to the
// version Applied did cannot be changed: measure adds neither its locks nor its failure to the report.
func (s *suite) measure(ctx context.Context, name string, file migrate.File) (ok bool, err error) {
	var locks []migration.Lock
	err = s.server.With(name, func(db *sql.DB) error {
		locks, err = lock.Measure(ctx, db, file, s.folder.Place(file))
		return err
	})
	old := file.Version() <= s.Applied
	var failed *lock.StatementError
	switch {
	case errors.As(err, &failed):
		if !old {
			s.addFailure(file, failed)
		}
		return false, ctx.Err()
	case err != nil:
		return false, err
	case !old:
		s.report.Locks = append(s.report.Locks, locks...)
	}
	return true, nil
}

func (s *suite) addFailure(file migrate.File, failed *lock.StatementError) {
	s.add(migration.Finding{
		Check: "locks", File: s.folder.Place(file), Line: folder.Line(file, failed.Statement), Rules: []string{migration.DoesNotApply},
		What:    fmt.Sprintf("The statement fails on tables with %s: %s", count(s.Rows, "row"), failed),
		Why:     "the migration works on an empty database and stops the deployment on a database in use",
		Instead: "correct the migration for existing rows; if the rows made here are unlike real ones, write a rows.sql",
	})
}

// fill gives rows to every empty table: first by the rows.sql of the migration, then by the types of the columns.
func (s *suite) fill(ctx context.Context, db *sql.DB, file migrate.File) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	text, err := s.folder.Beside(file, "rows.sql")
	if err != nil {
		return err
	}
	if text != nil {
		if err := rows.Run(ctx, conn, string(text.Bytes()), s.Rows); err != nil {
			s.add(migration.Finding{
				Check: "locks", File: s.folder.Place(text), Rules: []string{migration.Unfilled}, What: "The file fails: " + err.Error(),
				Instead: "correct it for the tables as they are after " + file.Name(),
			})
		}
	}
	unfilled, err := rows.Fill(ctx, conn, s.Rows)
	for _, u := range unfilled {
		if s.unfilled[u.Table] {
			continue // reported after an earlier migration
		}
		s.unfilled[u.Table] = true
		s.add(migration.Finding{
			Check: "locks", File: s.folder.Place(file), Rules: []string{migration.Unfilled},
			What:    fmt.Sprintf("The table %s has no rows to measure on: %v", u.Table, u.Err),
			Instead: fmt.Sprintf("fill it in %s/testdata/%s/rows.sql, with current_setting('pipeline.rows')::int rows", s.Shown, file.Version()),
		})
	}
	return err
}
