package suite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"ariga.io/atlas/sql/migrate"

	"github.com/renewa/pipeline/ci/verify/migration"
	"github.com/renewa/pipeline/ci/verify/migration/atlas"
	"github.com/renewa/pipeline/ci/verify/migration/folder"
)

// state names the database to which Atlas's library, not the migrator, applied the first n files.
func state(n int) string { return fmt.Sprintf("state_%d", n) }

// applyEach makes the state of each version once: a copy of the state before with one file more. It ends at the first file
// that does not apply.
func (s *suite) applyEach(ctx context.Context) error {
	if s.applied {
		return nil
	}
	s.applied = true
	if err := s.server.Create(ctx, state(0), ""); err != nil {
		return err
	}
	err := s.server.With(state(0), func(db *sql.DB) error {
		return atlas.Revisions{ExecQuerier: db, Schema: s.schema}.Create(ctx)
	})
	if err != nil {
		return err
	}
	for i, file := range s.folder.Files {
		if err := s.server.Create(ctx, state(i+1), state(i)); err != nil {
			return err
		}
		err := s.server.With(state(i+1), func(db *sql.DB) error { return s.apply(ctx, db, file) })
		var failed *migrate.StmtExecError
		if errors.As(err, &failed) {
			s.add(migration.Finding{
				Check: "up", File: s.folder.Place(file), Line: folder.Line(file, failed.Stmt), Rules: []string{migration.DoesNotApply},
				What: "The statement fails after all earlier migrations: " + failed.Err.Error(),
				Why:  "no database can get beyond this migration", Instead: "correct the statement",
			})
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s was not applied: %w", file.Name(), err)
		}
		s.good = i + 1
	}
	return nil
}

func (s *suite) apply(ctx context.Context, db *sql.DB, file migrate.File) error {
	return atlas.Applier{Dir: s.folder.Dir, Schema: s.schema}.Apply(ctx, db, file)
}
