package lock

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"ariga.io/atlas/sql/migrate"

	"github.com/renewa/pipeline/ci/config/lockmode"
	"github.com/renewa/pipeline/ci/verify/migration/atlas"
)

// A watcher runs statements on one connection and reads on a second one which locks the first one holds.
type watcher struct {
	runner   *sql.Conn
	observer *sql.Conn
	pid      int              // of the runner's server process
	tables   map[int64]string // the tables that existed before, by object identifier
	held     map[string]hold  // by table
}

// newWatcher opens both connections and lists the tables that exist.
func newWatcher(ctx context.Context, db *sql.DB) (*watcher, error) {
	runner, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	observer, err := db.Conn(ctx)
	if err != nil {
		return nil, errors.Join(err, runner.Close())
	}
	w := &watcher{runner: runner, observer: observer, tables: map[int64]string{}, held: map[string]hold{}}
	err = runner.QueryRowContext(ctx, "SELECT pg_backend_pid()").Scan(&w.pid)
	if err == nil {
		err = w.listTables(ctx)
	}
	if err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

func (w *watcher) listTables(ctx context.Context) error {
	rows, err := w.observer.QueryContext(ctx, `SELECT c.oid, CASE n.nspname WHEN 'public' THEN '' ELSE n.nspname || '.' END || c.relname
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema' AND c.relname <> $1`, atlas.RevisionTable)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var name string
		if err := rows.Scan(&id, &name); err != nil {
			return err
		}
		w.tables[id] = name
	}
	return rows.Err()
}

func (w *watcher) close() { _ = errors.Join(w.runner.Close(), w.observer.Close()) }

func (w *watcher) begin(ctx context.Context) error {
	_, err := w.runner.ExecContext(ctx, "BEGIN")
	return err
}

func (w *watcher) commit(ctx context.Context) error {
	_, err := w.runner.ExecContext(ctx, "COMMIT")
	for table, h := range w.held {
		if h.until.IsZero() {
			h.until = time.Now()
			w.held[table] = h
		}
	}
	return err
}

// run executes a statement in the transaction and observes the locks before the transaction ends.
func (w *watcher) run(ctx context.Context, s *migrate.Stmt) error {
	began := time.Now()
	if _, err := w.runner.ExecContext(ctx, s.Text); err != nil {
		_, _ = w.runner.ExecContext(ctx, "ROLLBACK") // the statement's error matters, not that of the rollback
		return err
	}
	return w.observe(ctx, hold{at: s, since: began})
}

// observe records the locks that the runner holds and that are stronger than those recorded before.
func (w *watcher) observe(ctx context.Context, seen hold) error {
	rows, err := w.observer.QueryContext(ctx, "SELECT relation::bigint, mode FROM pg_locks WHERE pid = $1 AND locktype = 'relation' AND granted", w.pid)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var name string
		if err := rows.Scan(&id, &name); err != nil {
			return err
		}
		mode, known := lockmode.Parse(name)
		if table, old := w.tables[id]; old && known && mode.Stronger(w.held[table].mode) {
			w.held[table] = w.held[table].strengthen(mode, seen)
		}
	}
	return rows.Err()
}
