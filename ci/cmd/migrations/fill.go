package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"ariga.io/atlas/sql/migrate"

	"github.com/renewa/pipeline/ci/verify/migration"
)

// fill gives rows to every table that has none: by the rows.sql of the migration, and else by what its columns allow.
func (t *trial) fill(ctx context.Context, db *sql.DB, file migrate.File) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := t.fillByFile(ctx, conn, file); err != nil {
		return err
	}
	all, err := tablesOf(ctx, conn)
	if err != nil {
		return err
	}
	failed := map[string]error{}
	for progress := true; progress; { // a table comes after those it refers to
		progress = false
		for i := range all {
			if all[i].filled || failed[all[i].name] != nil || !all[i].canBeFilled(all) {
				continue
			}
			if err := all[i].fill(ctx, conn, t.rows); err != nil {
				failed[all[i].name] = err
			} else {
				all[i].filled, progress = true, true
			}
		}
	}
	for _, a := range all {
		if why := failed[a.name]; !a.filled && (why != nil || a.canBeFilled(all)) && !t.told(a.name) {
			t.found(migration.Finding{
				Check: "locks", File: t.folder.place(file), Rules: []string{migration.Unfilled},
				What:    fmt.Sprintf("The table %s has no rows to measure on: %v", a.name, errors.Join(why, ctx.Err())),
				Instead: fmt.Sprintf("fill it in %s/testdata/%s/rows.sql, with current_setting('pipeline.rows')::int rows", t.shown, file.Version()),
			})
		}
	}
	return ctx.Err()
}

// told: a table that could not be filled is not told again after the next migration.
func (t *trial) told(table string) bool {
	for _, f := range t.report.Findings {
		if f.Rules[0] == migration.Unfilled && strings.HasPrefix(f.What, "The table "+table+" ") {
			return true
		}
	}
	return false
}

func (t *trial) fillByFile(ctx context.Context, conn *sql.Conn, file migrate.File) error {
	rows, err := t.folder.beside(file, "rows.sql")
	if err != nil || rows == nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, "SELECT set_config('pipeline.rows', $1, false)", strconv.Itoa(t.rows)); err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, string(rows.Bytes())); err != nil {
		t.found(migration.Finding{
			Check: "locks", File: t.shown + "/" + rows.Name(), Rules: []string{migration.Unfilled}, What: "It fails: " + err.Error(),
			Instead: "correct it for the tables as they are after " + file.Name(),
		})
	}
	return nil
}
