package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/postgres"
	"ariga.io/atlas/sql/schema"

	"github.com/renewa/pipeline/ci/verify/migration"
)

// state is the database in which the first n files are applied, by Atlas's library and not by the migrator.
func state(n int) string { return fmt.Sprintf("state_%d", n) }

// states makes one database for each version, every one a copy of the one before with one file more, until a file
// does not apply.
func (t *trial) states(ctx context.Context) error {
	if t.ready {
		return nil
	}
	t.ready = true
	if err := t.server.create(ctx, state(0), ""); err != nil {
		return err
	}
	if err := t.server.with(state(0), func(db *sql.DB) error { return revisions{db, t.tables}.create(ctx) }); err != nil {
		return err
	}
	for i, file := range t.folder.list {
		if err := t.server.create(ctx, state(i+1), state(i)); err != nil {
			return err
		}
		err := t.server.with(state(i+1), func(db *sql.DB) error { return t.apply(ctx, db, file) })
		var failed *migrate.StmtExecError
		if errors.As(err, &failed) {
			t.found(migration.Finding{
				Check: "up", File: t.folder.place(file), Line: line(file, failed.Stmt), Rules: []string{migration.DoesNotApply},
				What: "It does not apply after those before it: " + failed.Err.Error(), Why: "no database can be brought further than this file",
				Instead: "correct the statement",
			})
			return nil
		}
		if err != nil {
			return fmt.Errorf("apply %s: %w", file.Name(), err)
		}
		t.good = i + 1
	}
	return nil
}

// apply runs one file and records it, in the transaction that it asks for.
func (t *trial) apply(ctx context.Context, db *sql.DB, file migrate.File) error {
	if inNoTransaction(file) {
		return t.execute(ctx, db, file)
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // after a commit it does nothing
	if err := t.execute(ctx, tx, file); err != nil {
		return err
	}
	return tx.Commit()
}

func (t *trial) execute(ctx context.Context, db schema.ExecQuerier, file migrate.File) error {
	driver, err := postgres.Open(db)
	if err != nil {
		return err
	}
	executor, err := migrate.NewExecutor(driver, t.folder.dir, revisions{db, t.tables})
	if err != nil {
		return err
	}
	return executor.Execute(ctx, file)
}

// inspect reads the schema of a database, without the migrator's own table.
func inspect(ctx context.Context, db schema.ExecQuerier) (migrate.Driver, *schema.Realm, error) {
	driver, err := postgres.Open(db)
	if err != nil {
		return nil, nil, err
	}
	realm, err := driver.InspectRealm(ctx, &schema.InspectRealmOption{Exclude: []string{"*." + revisionTable}})
	return driver, realm, err
}
