package lock

import (
	"cmp"
	"slices"
	"time"

	"ariga.io/atlas/sql/migrate"

	"github.com/renewa/pipeline/ci/config/lockmode"
	"github.com/renewa/pipeline/ci/verify/migration"
	"github.com/renewa/pipeline/ci/verify/migration/folder"
)

// A hold is the strongest lock on a table so far.
type hold struct {
	mode    lockmode.Mode
	at      *migrate.Stmt // the statement that took it
	since   time.Time
	until   time.Time
	sampled bool
}

// strengthen returns the hold after a stronger lock was seen. Writers whom the weaker lock blocked have waited since that one.
func (h hold) strengthen(mode lockmode.Mode, seen hold) hold {
	if h.mode.BlocksWriters() {
		seen.since = h.since
	}
	seen.mode = mode
	return seen
}

// locks lists the strongest lock on each table, by table.
func (w *watcher) locks(place string, file migrate.File) []migration.Lock {
	var list []migration.Lock
	for table, h := range w.held {
		list = append(list, migration.Lock{
			File: place, Table: table, Mode: h.mode, Line: folder.Line(file, h.at), Seconds: seconds(h.until.Sub(h.since)), Sampled: h.sampled,
		})
	}
	slices.SortFunc(list, func(a, b migration.Lock) int { return cmp.Compare(a.Table, b.Table) })
	return list
}
