package main

import (
	"cmp"
	"slices"
	"time"

	"ariga.io/atlas/sql/migrate"

	"github.com/renewa/pipeline/ci/verify/migration"
)

// hold is the strongest lock so far on a table, and since when.
type hold struct {
	mode    string
	at      *migrate.Stmt
	since   time.Time
	until   time.Time
	sampled bool
}

// then is the hold after a stronger lock: who was kept out by the weaker one waits since that.
func (h hold) then(mode string, seen hold) hold {
	if migration.Stronger(h.mode, migration.Harmless) {
		seen.since = h.since
	}
	seen.mode = mode
	return seen
}

// held is a line for each table, or one that says that the file locked none.
func (w *watcher) held(place string, file migrate.File, began time.Time) []migration.Lock {
	var list []migration.Lock
	for table, h := range w.took {
		list = append(list, migration.Lock{
			File: place, Table: table, Mode: h.mode, Line: line(file, h.at), Seconds: rounded(h.until.Sub(h.since)), Sampled: h.sampled,
		})
	}
	if len(list) == 0 {
		return []migration.Lock{{File: place, Seconds: rounded(time.Since(began))}}
	}
	slices.SortFunc(list, func(a, b migration.Lock) int { return cmp.Compare(a.Table, b.Table) })
	return list
}
