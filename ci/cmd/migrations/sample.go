package main

import (
	"context"
	"errors"
	"time"

	"ariga.io/atlas/sql/migrate"
)

// outside runs a statement that no transaction allows, and looks as often as it can while it runs. What is done
// CONCURRENTLY waits for whoever sees the table as it was: this connection does, until it saw a lock, or a while.
func (w *watcher) outside(ctx context.Context, s *migrate.Stmt) error {
	if _, err := w.side.ExecContext(ctx, "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1"); err != nil {
		return err
	}
	began, done, before, holding := time.Now(), make(chan error, 1), len(w.took), true
	go func() {
		_, err := w.conn.ExecContext(ctx, s.Text)
		done <- err
	}()
	for {
		select {
		case err := <-done:
			w.ended(s)
			_, rerr := w.side.ExecContext(ctx, "ROLLBACK") // outside a transaction it is a warning
			return errors.Join(err, rerr)
		default:
		}
		err := w.look(ctx, hold{at: s, since: began, sampled: true})
		if holding && err == nil && (len(w.took) > before || time.Since(began) > time.Second) {
			holding = false
			_, err = w.side.ExecContext(ctx, "COMMIT")
		}
		if err != nil {
			_, rerr := w.side.ExecContext(context.WithoutCancel(ctx), "ROLLBACK") // the statement may wait for it
			return errors.Join(err, rerr, <-done)
		}
	}
}

// ended notes when the locks of a statement were gone.
func (w *watcher) ended(s *migrate.Stmt) {
	for table, h := range w.took {
		if h.at == s {
			h.until = time.Now()
			w.took[table] = h
		}
	}
}
