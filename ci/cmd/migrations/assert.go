package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path"

	"ariga.io/atlas/sql/migrate"

	"github.com/renewa/pipeline/ci/verify/migration"
)

// assert runs the queries that must return true, and counts them.
func (t *trial) assert(ctx context.Context, db *sql.DB, after *migrate.LocalFile) (int, error) {
	queries, err := after.StmtDecls()
	if err == nil && len(queries) == 0 {
		err = errors.New("it has no query")
	}
	if err != nil {
		t.wrong(after, 0, "It asserts nothing: "+err.Error())
		return 0, nil
	}
	for _, q := range queries {
		if why := untrue(ctx, db, q.Text); why != "" {
			t.wrong(after, line(after, q), fmt.Sprintf("%s: %s", why, q.Text))
		}
	}
	return len(queries), ctx.Err()
}

// wrong is a finding about a file that lies beside the migrations, or about one of them.
func (t *trial) wrong(file interface{ Name() string }, at int, what string) {
	t.found(migration.Finding{Check: "data", File: path.Join(t.shown, file.Name()), Line: at, Rules: []string{migration.FalseAssertion}, What: what})
}

// untrue says why a query does not return true, and nothing when every row of it does.
func untrue(ctx context.Context, db *sql.DB, query string) string {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return err.Error()
	}
	defer rows.Close()
	n := 0
	for ; rows.Next(); n++ {
		var is sql.NullBool
		if err := rows.Scan(&is); err != nil {
			return "It does not return one column that is true or false"
		}
		if !is.Valid || !is.Bool {
			return "It is not true after the migration"
		}
	}
	if rows.Err() != nil {
		return rows.Err().Error()
	}
	if n == 0 {
		return "It returns no row"
	}
	return ""
}
