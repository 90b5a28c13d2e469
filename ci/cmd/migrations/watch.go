package main

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"ariga.io/atlas/sql/migrate"

	"github.com/renewa/pipeline/ci/verify/migration"
)

// watcher runs statements on one connection and looks at the locks that it holds.
type watcher struct {
	conn *sql.Conn // runs the statements
	side *sql.Conn // looks at it while it is busy
	pid  int
	old  map[int64]string // the tables that were there before, by their number
	took map[string]hold
}

// watch opens both connections, and notes the tables that there are.
func watch(ctx context.Context, db *sql.DB) (*watcher, error) {
	w := &watcher{old: map[int64]string{}, took: map[string]hold{}}
	var err error
	if w.conn, err = db.Conn(ctx); err != nil {
		return nil, err
	}
	if w.side, err = db.Conn(ctx); err != nil {
		return nil, err
	}
	if err := w.conn.QueryRowContext(ctx, "SELECT pg_backend_pid()").Scan(&w.pid); err != nil {
		return nil, err
	}
	rows, err := w.side.QueryContext(ctx, `SELECT c.oid, CASE n.nspname WHEN 'public' THEN '' ELSE n.nspname || '.' END || c.relname
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema' AND c.relname <> $1`, revisionTable)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var number int64
		var name string
		if err := rows.Scan(&number, &name); err != nil {
			return nil, err
		}
		w.old[number] = name
	}
	return w, rows.Err()
}

func (w *watcher) close() { _ = errors.Join(w.conn.Close(), w.side.Close()) }

func (w *watcher) begin(ctx context.Context) error {
	_, err := w.conn.ExecContext(ctx, "BEGIN")
	return err
}

func (w *watcher) commit(ctx context.Context) error {
	_, err := w.conn.ExecContext(ctx, "COMMIT")
	for table, h := range w.took {
		if h.until.IsZero() {
			h.until = time.Now()
			w.took[table] = h
		}
	}
	return err
}

// run runs a statement in the transaction; what that holds is looked at before it ends.
func (w *watcher) run(ctx context.Context, s *migrate.Stmt) error {
	began := time.Now()
	if _, err := w.conn.ExecContext(ctx, s.Text); err != nil {
		_, _ = w.conn.ExecContext(ctx, "ROLLBACK") // its error says less than the statement's
		return err
	}
	return w.look(ctx, hold{at: s, since: began})
}

// look notes what the first connection holds.
func (w *watcher) look(ctx context.Context, seen hold) error {
	rows, err := w.side.QueryContext(ctx, "SELECT relation::bigint, mode FROM pg_locks WHERE pid = $1 AND locktype = 'relation' AND granted", w.pid)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var number int64
		var name string
		if err := rows.Scan(&number, &name); err != nil {
			return err
		}
		mode, known := migration.Mode(name)
		if table, old := w.old[number]; old && known && migration.Stronger(mode, w.took[table].mode) {
			w.took[table] = w.took[table].then(mode, seen)
		}
	}
	return rows.Err()
}
