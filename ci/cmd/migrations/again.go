package main

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"ariga.io/atlas/sql/migrate"
)

// again runs the migrator on a database that has everything: nothing may change, and it may not say otherwise.
func (t *trial) again(ctx context.Context) (string, error) {
	if !t.up {
		return "", skipped("no database was brought up")
	}
	before, err := t.recorded(ctx)
	if err != nil {
		return "", err
	}
	said, ok, err := t.shipped(ctx, upDatabase)
	if err != nil {
		return "", err
	}
	after, err := t.recorded(ctx)
	if err != nil {
		return "", err
	}
	switch {
	case !ok:
		t.found(t.about("again", "The migrator fails on a database that has every migration:\n"+last(said)))
	case !slices.Equal(before, after):
		t.found(t.about("again", "A second run of the migrator changed what is recorded as applied"))
	case t.names(said):
		t.found(t.about("again", "A second run of the migrator says that it applied something:\n"+last(said)))
	}
	return "a second run changes nothing", nil
}

func (t *trial) names(said string) bool {
	return slices.ContainsFunc(t.folder.list, func(f migrate.File) bool { return strings.Contains(said, f.Name()) })
}

// recorded is the revisions and the schema of the database that is up, as text.
func (t *trial) recorded(ctx context.Context) (list []string, err error) {
	err = t.server.with(upDatabase, func(db *sql.DB) error {
		applied, err := revisions{db, t.tables}.ReadRevisions(ctx)
		for _, r := range applied {
			list = append(list, fmt.Sprint(r.Version, r.Hash, r.Applied, r.Total, r.ExecutedAt.UTC()))
		}
		return err
	})
	return list, err
}
