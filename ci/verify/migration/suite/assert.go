package suite

import (
	"context"
	"database/sql"
	"fmt"

	"ariga.io/atlas/sql/migrate"

	"github.com/renewa/pipeline/ci/verify/migration"
	"github.com/renewa/pipeline/ci/verify/migration/folder"
)

// assert runs the queries of a file, which must return true, and counts them.
func (s *suite) assert(ctx context.Context, db *sql.DB, after *migrate.LocalFile) (int, error) {
	queries, err := after.StmtDecls()
	if err != nil {
		s.addFalse(after, 0, "The file cannot be split into queries: "+err.Error())
		return 0, nil
	}
	if len(queries) == 0 {
		s.addFalse(after, 0, "The file has no query")
	}
	for _, q := range queries {
		if reason := whyNotTrue(ctx, db, q.Text); reason != "" {
			s.addFalse(after, folder.Line(after, q), fmt.Sprintf("%s: %s", reason, q.Text))
		}
	}
	return len(queries), ctx.Err()
}

// addFalse adds the finding that an assertion is false, at a line of a migration or of a file beside it.
func (s *suite) addFalse(file interface{ Name() string }, line int, what string) {
	s.add(migration.Finding{Check: "data", File: s.folder.Place(file), Line: line, Rules: []string{migration.FalseAssertion}, What: what})
}

// whyNotTrue returns the reason why a query does not return true. It is empty when every row is true.
func whyNotTrue(ctx context.Context, db *sql.DB, query string) string {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return err.Error()
	}
	defer rows.Close()
	n := 0
	for ; rows.Next(); n++ {
		var value sql.NullBool
		if err := rows.Scan(&value); err != nil {
			return "The query does not return one column that is true or false"
		}
		if !value.Valid || !value.Bool {
			return "The query is not true after the migration"
		}
	}
	if rows.Err() != nil {
		return rows.Err().Error()
	}
	if n == 0 {
		return "The query returns no row"
	}
	return ""
}
