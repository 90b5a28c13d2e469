package main

import (
	"context"
	"database/sql"
	"fmt"
	"path"

	"ariga.io/atlas/sql/migrate"

	"github.com/renewa/pipeline/ci/verify/migration"
)

// data runs each migration that moves data between the two files that lie beside it: before.sql makes rows as the
// version before has them, and every query of after.sql must return true.
func (t *trial) data(ctx context.Context) (string, error) {
	if err := t.states(ctx); err != nil {
		return "", err
	}
	asserted, queries := 0, 0
	for i, file := range t.folder.list[:t.good] {
		after, err := t.folder.beside(file, "after.sql")
		if err != nil {
			return "", err
		}
		if after == nil {
			t.unproved(file)
			continue
		}
		n, err := t.moved(ctx, i, file, after)
		if err != nil {
			return "", fmt.Errorf("assertions of %s: %w", file.Name(), err)
		}
		asserted, queries = asserted+1, queries+n
	}
	return fmt.Sprintf("%d assertions on %d migrations", queries, asserted), nil
}

// unproved finds the statement that moves data and nobody asserts.
func (t *trial) unproved(file migrate.File) {
	statements, err := file.StmtDecls()
	if err != nil || file.Version() <= t.applied {
		return
	}
	for _, s := range statements {
		if migration.MovesData(s.Text) {
			t.found(migration.Finding{
				Check: "data", File: t.folder.place(file), Line: line(file, s), Rules: []string{migration.UnprovedData},
				What: fmt.Sprintf("It moves data, and %s does not say what must be true afterwards", path.Join(t.shown, "testdata", file.Version(), "after.sql")),
			})
			return
		}
	}
}

func (t *trial) moved(ctx context.Context, i int, file migrate.File, after *migrate.LocalFile) (n int, err error) {
	err = t.server.copied(ctx, "data", state(i), func(db *sql.DB) error {
		before, err := t.folder.beside(file, "before.sql")
		if err != nil {
			return err
		}
		if before != nil {
			if _, err := db.ExecContext(ctx, string(before.Bytes())); err != nil {
				t.wrong(before, 0, "It fails: "+err.Error())
				return nil
			}
		}
		if err := t.apply(ctx, db, file); err != nil {
			t.wrong(file, 0, "It fails on the rows of before.sql: "+err.Error())
			return nil
		}
		n, err = t.assert(ctx, db, after)
		return err
	})
	return n, err
}
