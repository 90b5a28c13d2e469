// Package rows fills the empty tables of a database, by the types of their columns.
package rows

import (
	"context"
	"database/sql"
	"strconv"
)

// Unfilled is a table that stays empty, and why.
type Unfilled struct {
	Table string
	Err   error
}

// Run executes the text of a rows.sql, which reads the number of rows from current_setting('pipeline.rows').
func Run(ctx context.Context, conn *sql.Conn, text string, rows int) error {
	if _, err := conn.ExecContext(ctx, "SELECT set_config('pipeline.rows', $1, false)", strconv.Itoa(rows)); err != nil {
		return err
	}
	_, err := conn.ExecContext(ctx, text)
	return err
}

// Fill gives rows to every table that has none, and returns those that it could not fill. A table that refers to one of
// them is not listed.
func Fill(ctx context.Context, conn *sql.Conn, rows int) ([]Unfilled, error) {
	all, err := tables(ctx, conn)
	if err != nil {
		return nil, err
	}
	failed := map[string]error{}
	for progress := true; progress; { // a table is filled after those to which it refers
		progress = false
		for i := range all {
			tb := &all[i]
			if tb.filled || failed[tb.quoted] != nil || !tb.canBeFilled(all) {
				continue
			}
			if err := tb.fill(ctx, conn, rows); err != nil {
				failed[tb.quoted] = err
			} else {
				tb.filled, progress = true, true
			}
		}
	}
	var unfilled []Unfilled
	for _, tb := range all {
		if err := failed[tb.quoted]; err != nil {
			unfilled = append(unfilled, Unfilled{tb.name, err})
		}
	}
	return unfilled, ctx.Err()
}
