package lock

import (
	"context"
	"errors"
	"time"

	"ariga.io/atlas/sql/migrate"
)

// runOutside executes a statement that no transaction allows, and observes the locks as often as possible meanwhile. A
// statement with CONCURRENTLY waits for every older snapshot of the table. The observer keeps such a snapshot until it has
// seen a lock, for at most a second, or a fast statement would end before it was observed.
func (w *watcher) runOutside(ctx context.Context, s *migrate.Stmt) error {
	if _, err := w.observer.ExecContext(ctx, "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1"); err != nil {
		return err
	}
	began, done, before, snapshot := time.Now(), make(chan error, 1), len(w.held), true
	go func() {
		_, err := w.runner.ExecContext(ctx, s.Text)
		done <- err
	}()
	for {
		select {
		case err := <-done:
			w.release(s)
			_, rerr := w.observer.ExecContext(ctx, "ROLLBACK") // without a transaction it is a warning
			return errors.Join(err, rerr)
		default:
		}
		err := w.observe(ctx, hold{at: s, since: began, sampled: true})
		if snapshot && err == nil && (len(w.held) > before || time.Since(began) > time.Second) {
			snapshot = false
			_, err = w.observer.ExecContext(ctx, "COMMIT")
		}
		if err != nil {
			_, rerr := w.observer.ExecContext(context.WithoutCancel(ctx), "ROLLBACK") // the statement may wait for the snapshot
			return errors.Join(err, rerr, <-done)
		}
	}
}

// release records that the locks of a statement ended.
func (w *watcher) release(s *migrate.Stmt) {
	for table, h := range w.held {
		if h.at == s {
			h.until = time.Now()
			w.held[table] = h
		}
	}
}
