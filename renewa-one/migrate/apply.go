package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/postgres"
	"ariga.io/atlas/sql/schema"
)

// apply runs what is pending, one file after the other, and stops at the first failure.
// Files before it stay applied; of the failed one nothing stays, unless it asked for no
// transaction.
func apply(ctx context.Context, db *database, files *files, log io.Writer) error {
	unlock, err := lock(ctx, db)
	if err != nil {
		return err
	}
	defer unlock()

	pending, err := plan(ctx, db, files)
	if err != nil {
		return err
	}
	if len(pending) == 0 {
		fmt.Fprintf(log, "database %s: nothing to do\n", db.name)
		return nil
	}
	for _, file := range pending {
		start := time.Now()
		if err := applyFile(ctx, db, files, file); err != nil {
			return err
		}
		fmt.Fprintf(log, "database %s: applied %s in %s\n", db.name, file.Name(), time.Since(start).Round(time.Millisecond))
	}
	return nil
}

// plan returns the files to run, or an error with the reason why this database cannot take them.
func plan(ctx context.Context, db *database, files *files) ([]migrate.File, error) {
	store := revisions{db}
	drv, err := postgres.Open(db)
	if err != nil {
		return nil, fmt.Errorf("inspect database %s: %w", db.name, err)
	}
	executor, err := migrate.NewExecutor(drv, files.dir, store)
	if err != nil {
		return nil, fmt.Errorf("plan migrations: %w", err)
	}
	// The rows are only kept in a database that turns out to be ours.
	if found, err := store.exists(ctx); err != nil {
		return nil, fmt.Errorf("look for revisions in %s: %w", db.name, err)
	} else if !found {
		if err := drv.CheckClean(ctx, store.Ident()); err != nil {
			return nil, notEmpty(db, err)
		}
		if _, err := db.ExecContext(ctx, createRevision); err != nil {
			return nil, fmt.Errorf("create table %s: %w", revisionTable, err)
		}
	}
	applied, err := store.ReadRevisions(ctx)
	if err != nil {
		return nil, fmt.Errorf("read revisions: %w", err)
	}
	if err := compare(files, applied); err != nil {
		return nil, err
	}
	pending, err := executor.Pending(ctx)
	if errors.Is(err, migrate.ErrNoPendingFiles) {
		return nil, nil
	}
	return pending, notEmpty(db, err)
}

func notEmpty(db *database, err error) error {
	var dirty *migrate.NotCleanError
	if !errors.As(err, &dirty) {
		return err
	}
	return fmt.Errorf("database %s is not empty and no migration was recorded in it (%s): "+
		"check the address; a database that is meant needs a baseline set with Atlas's CLI", db.name, dirty.Reason)
}

func applyFile(ctx context.Context, db *database, files *files, file migrate.File) error {
	if slices.Equal(directives(file, "txmode"), []string{"none"}) {
		return execute(ctx, db, files, file, "its earlier statements stay applied; the next run continues with the failed one")
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("apply %s: %w", file.Name(), err)
	}
	defer tx.Rollback()
	if err := execute(ctx, tx, files, file, "the whole file was rolled back"); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("apply %s: commit: %w", file.Name(), err)
	}
	return nil
}

// execute runs one file on db. An error ends with after, the state that a failure leaves.
func execute(ctx context.Context, db schema.ExecQuerier, files *files, file migrate.File, after string) error {
	drv, err := postgres.Open(db)
	if err != nil {
		return fmt.Errorf("apply %s: %w", file.Name(), err)
	}
	store := revisions{db}
	executor, err := migrate.NewExecutor(drv, files.dir, store, migrate.WithOperatorVersion("renewa migrate"))
	if err != nil {
		return fmt.Errorf("apply %s: %w", file.Name(), err)
	}
	if err := resume(ctx, store, files, file); err != nil {
		return fmt.Errorf("apply %s: %w", file.Name(), err)
	}
	err = executor.Execute(ctx, file)
	var failed *migrate.StmtExecError
	switch {
	case errors.As(err, &failed):
		line := 1 + strings.Count(string(file.Bytes())[:failed.Stmt.Pos], "\n")
		return fmt.Errorf("apply %s: line %d: %w; %s", file.Name(), line, failed.Err, after)
	case err != nil:
		return fmt.Errorf("apply %s: %w; %s", file.Name(), err, after)
	}
	return nil
}

// resume writes the present hash and number of statements of an unfinished file into its record:
// the correction of the failing statement changed the hash, and perhaps the number.
func resume(ctx context.Context, store revisions, files *files, file migrate.File) error {
	revision, err := store.ReadRevision(ctx, file.Version())
	if errors.Is(err, migrate.ErrRevisionNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	statements, err := file.Stmts()
	if err != nil {
		return err
	}
	revision.Hash, revision.Total = files.hash(file), len(statements)
	return store.WriteRevision(ctx, revision)
}

func directives(file migrate.File, name string) []string {
	if local, ok := file.(*migrate.LocalFile); ok {
		return local.Directive(name)
	}
	return nil
}
