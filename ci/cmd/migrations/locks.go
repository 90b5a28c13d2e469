package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"ariga.io/atlas/sql/migrate"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/renewa/pipeline/ci/verify/migration"
)

// locks runs one migration after the other on tables that have rows, and notes how long each holds which lock. Every
// table is filled as soon as the migration that makes it has run, so that its rows go through all that follow.
func (t *trial) locks(ctx context.Context) (string, error) {
	if err := t.states(ctx); err != nil {
		return "", err
	}
	const name = "locks"
	if err := t.server.create(ctx, name, state(0)); err != nil {
		return "", err
	}
	for i, file := range t.folder.list[:t.good] {
		ok, err := t.measured(ctx, name, file)
		if err == nil && !ok {
			// The next is measured where this one would have led.
			err = t.server.create(ctx, name, state(i+1))
		}
		if err == nil {
			err = t.server.with(name, func(db *sql.DB) error { return t.fill(ctx, db, file) })
		}
		if err != nil {
			return "", fmt.Errorf("measure %s: %w", file.Name(), err)
		}
	}
	t.found(t.limits.Exceeded(t.report.Locks, t.rows)...)
	return fmt.Sprintf("%d files, %d rows in each table", t.good, t.rows), nil
}

// measured says whether the file applies to tables with rows; that it does not is a finding.
func (t *trial) measured(ctx context.Context, name string, file migrate.File) (ok bool, err error) {
	statements, err := file.StmtDecls()
	if err != nil {
		return false, err
	}
	err = t.server.with(name, func(db *sql.DB) error {
		w, err := watch(ctx, db)
		if err != nil {
			return err
		}
		defer w.close()
		began := time.Now()
		at, failed := w.file(ctx, file, statements)
		old := file.Version() <= t.applied // nobody can change what it did
		if failed != nil && old {
			return ctx.Err()
		}
		if failed != nil {
			t.found(migration.Finding{
				Check: "locks", File: t.folder.place(file), Line: line(file, at), Rules: []string{migration.DoesNotApply},
				What: fmt.Sprintf("It fails on tables with %d rows: %s", t.rows, failed), Why: "it works on an empty database and stops the deployment on one in use",
				Instead: "make it hold for the rows there may be; where these rows are not like real ones, write a rows.sql",
			})
			return ctx.Err()
		}
		if ok = true; old {
			return nil
		}
		t.report.Locks = append(t.report.Locks, w.held(t.folder.place(file), file, began)...)
		return nil
	})
	return ok, err
}

// file runs a file as it asks to be run: as one transaction, or each statement as one of its own. With an error comes the
// statement that it is of.
func (w *watcher) file(ctx context.Context, file migrate.File, statements []*migrate.Stmt) (at *migrate.Stmt, err error) {
	single := inNoTransaction(file)
	for i, s := range statements {
		if single || i == 0 {
			err = w.begin(ctx)
		}
		if err == nil {
			err = w.run(ctx, s)
		}
		if single && refusesTransactions(err) {
			err = w.outside(ctx, s)
		} else if err == nil && (single || i == len(statements)-1) {
			err = w.commit(ctx)
		}
		if err != nil {
			return s, err
		}
	}
	return nil, nil
}

// refusesTransactions is Postgres's answer to CONCURRENTLY, VACUUM and their like.
func refusesTransactions(err error) bool {
	var answer *pgconn.PgError
	return errors.As(err, &answer) && answer.Code == "25001"
}
