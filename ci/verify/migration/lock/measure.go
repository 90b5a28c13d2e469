// Package lock runs a migration and measures which locks it holds on the tables that existed before it, and for how long.
package lock

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"time"

	"ariga.io/atlas/sql/migrate"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/renewa/pipeline/ci/verify/migration"
	"github.com/renewa/pipeline/ci/verify/migration/folder"
)

// A StatementError is the failure of one statement of a file.
type StatementError struct {
	Statement *migrate.Stmt
	Err       error
}

func (e *StatementError) Error() string { return e.Err.Error() }
func (e *StatementError) Unwrap() error { return e.Err }

// Measure applies a file to a database and returns the locks that it held, at least one: without a table if it locked none
// that existed before. The error is a *StatementError when a statement failed. place is the name of the file in findings.
func Measure(ctx context.Context, db *sql.DB, file migrate.File, place string) ([]migration.Lock, error) {
	statements, err := file.StmtDecls()
	if err != nil {
		return nil, err
	}
	w, err := newWatcher(ctx, db)
	if err != nil {
		return nil, err
	}
	defer w.close()
	began := time.Now()
	if err := w.runFile(ctx, folder.NoTransaction(file), statements); err != nil {
		return nil, err
	}
	locks := w.locks(place, file)
	if len(locks) == 0 {
		locks = []migration.Lock{{File: place, Seconds: seconds(time.Since(began))}}
	}
	return locks, nil
}

// runFile runs statements as their file asks for it: in one transaction, or each statement by itself.
func (w *watcher) runFile(ctx context.Context, single bool, statements []*migrate.Stmt) (err error) {
	for i, s := range statements {
		if single || i == 0 {
			err = w.begin(ctx)
		}
		if err == nil {
			err = w.run(ctx, s)
		}
		if single && refusesTransactions(err) {
			err = w.runOutside(ctx, s)
		} else if err == nil && (single || i == len(statements)-1) {
			err = w.commit(ctx)
		}
		if err != nil {
			return &StatementError{s, err}
		}
	}
	return nil
}

// refusesTransactions reports whether an error is Postgres's answer to CONCURRENTLY, VACUUM and the like in a transaction.
func refusesTransactions(err error) bool {
	const activeTransaction = "25001"
	var answer *pgconn.PgError
	return errors.As(err, &answer) && answer.Code == activeTransaction
}

func seconds(d time.Duration) float64 { return math.Round(d.Seconds()*1000) / 1000 }
