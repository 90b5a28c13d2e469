package suite

import (
	"context"
	"database/sql"
	"fmt"
	"path"

	"ariga.io/atlas/sql/migrate"

	"github.com/renewa/pipeline/ci/verify/migration"
	"github.com/renewa/pipeline/ci/verify/migration/folder"
)

// data runs each migration that moves data between the two files beside it: before.sql inserts rows of the version before,
// and every query of after.sql must return true.
func (s *suite) data(ctx context.Context) (string, error) {
	if err := s.applyEach(ctx); err != nil {
		return "", err
	}
	migrations, assertions := 0, 0
	for i, file := range s.folder.Files[:s.good] {
		after, err := s.folder.Beside(file, "after.sql")
		if err != nil {
			return "", err
		}
		if after == nil {
			s.requireAssertions(file)
			continue
		}
		n, err := s.moveData(ctx, i, file, after)
		if err != nil {
			return "", fmt.Errorf("the assertions of %s cannot be run: %w", file.Name(), err)
		}
		migrations, assertions = migrations+1, assertions+n
	}
	return fmt.Sprintf("%s on %s", count(assertions, "assertion"), count(migrations, "migration")), nil
}

// requireAssertions adds a finding if a migration without assertions moves data.
func (s *suite) requireAssertions(file migrate.File) {
	statements, err := file.StmtDecls()
	if err != nil || file.Version() <= s.Applied {
		return
	}
	for _, statement := range statements {
		if migration.MovesData(statement.Text) {
			s.add(migration.Finding{
				Check: "data", File: s.folder.Place(file), Line: folder.Line(file, statement), Rules: []string{migration.UnprovedData},
				What: fmt.Sprintf("The statement moves data, but %s with queries that must return true is missing", path.Join(s.Shown, "testdata", file.Version(), "after.sql")),
			})
			return
		}
	}
}

// moveData applies file i between its before.sql and its after.sql, and counts the assertions.
func (s *suite) moveData(ctx context.Context, i int, file migrate.File, after *migrate.LocalFile) (n int, err error) {
	before, err := s.folder.Beside(file, "before.sql")
	if err != nil {
		return 0, err
	}
	err = s.server.WithCopy(ctx, "data", state(i), func(db *sql.DB) error {
		if before != nil {
			if _, err := db.ExecContext(ctx, string(before.Bytes())); err != nil {
				s.addFalse(before, 0, "The file fails: "+err.Error())
				return nil
			}
		}
		if err := s.apply(ctx, db, file); err != nil {
			s.addFalse(file, 0, "The migration fails on the rows of before.sql: "+err.Error())
			return nil
		}
		n, err = s.assert(ctx, db, after)
		return err
	})
	return n, err
}
