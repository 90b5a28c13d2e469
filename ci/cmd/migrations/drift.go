package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"slices"
	"strings"

	"ariga.io/atlas/sql/migrate"

	"github.com/renewa/pipeline/ci/verify/migration"
)

// drift compares the database that the migrator brought up, or the one that was named, with what the files say.
func (t *trial) drift(ctx context.Context) (string, error) {
	if t.database != "" {
		return t.driftOf(ctx, os.Getenv(t.database))
	}
	if !t.up || t.good < len(t.folder.list) {
		return "", skipped("no database was brought up")
	}
	return "the migrator's database is what the files say", t.server.with(upDatabase, func(db *sql.DB) error {
		return t.differing(ctx, db, len(t.folder.list))
	})
}

// driftOf compares a database somewhere with the files up to the version that it is at.
func (t *trial) driftOf(ctx context.Context, address string) (says string, err error) {
	db, err := sql.Open("pgx", address)
	if err == nil {
		err = db.PingContext(ctx)
	}
	if err != nil {
		return "", fmt.Errorf("connect to the database in %s: %w", t.database, err)
	}
	defer db.Close()
	in, err := revisionsIn(ctx, db)
	if err != nil {
		return "", fmt.Errorf("look for the revisions of the database in %s: %w", t.database, err)
	}
	if in == "" {
		return "", fmt.Errorf("the database in %s has no table %s: no migration was applied to it", t.database, revisionTable)
	}
	applied, err := revisions{db, in}.ReadRevisions(ctx)
	if err != nil {
		return "", fmt.Errorf("read the revisions of the database in %s: %w", t.database, err)
	}
	t.tables = in
	if err := t.states(ctx); err != nil {
		return "", err
	}
	n := len(applied)
	if n == 0 {
		return "it is empty, as no migration was applied", t.differing(ctx, db, 0)
	}
	if err := t.history(applied); err != nil {
		return "", err
	}
	version := applied[n-1].Version
	at := slices.IndexFunc(t.folder.list, func(f migrate.File) bool { return f.Version() == version })
	if at < 0 || at+1 > t.good {
		return "", fmt.Errorf("the database in %s is at version %s, which the files do not lead to", t.database, version)
	}
	return "the database is at version " + version, t.differing(ctx, db, at+1)
}

// history names the files that are not what was applied.
func (t *trial) history(applied []*migrate.Revision) error {
	there, err := t.folder.dir.Checksum()
	if err != nil {
		return fmt.Errorf("hash the migrations: %w", err)
	}
	was := migration.List{Name: "the database"}
	for _, r := range applied {
		name := r.Version + "_" + r.Description + ".sql"
		if i := slices.IndexFunc(t.folder.list, func(f migrate.File) bool { return f.Version() == r.Version }); i >= 0 {
			name = t.folder.list[i].Name()
		}
		hash := strings.TrimPrefix(r.Hash, "h1:")
		if hash == "" { // a baseline knows of none
			hash, _ = there.SumByName(name)
		}
		was.Sums = append(was.Sums, migration.Sum{Name: name, Hash: hash})
	}
	t.found(migration.Since(t.shown, was, sums(there))...)
	return nil
}

func (t *trial) differing(ctx context.Context, db *sql.DB, n int) error {
	differences, err := t.compare(ctx, db, n)
	for _, d := range differences {
		t.found(migration.Finding{Check: "drift", File: t.shown, Rules: []string{migration.Drifted}, What: d})
	}
	return err
}

// compare names what a database has otherwise than the first n files make it.
func (t *trial) compare(ctx context.Context, db *sql.DB, n int) (differences []string, err error) {
	driver, has, err := inspect(ctx, db)
	if err != nil {
		return nil, fmt.Errorf("inspect the database: %w", err)
	}
	err = t.server.with(state(n), func(made *sql.DB) error {
		_, want, err := inspect(ctx, made)
		if err != nil {
			return err
		}
		changes, err := driver.RealmDiff(want, has)
		differences = described(changes)
		return err
	})
	return differences, err
}
