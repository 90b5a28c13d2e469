package sample

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"

	"github.com/jackc/pgx/v5"
)

const table = "contracts"

func wrong(ctx context.Context, db *sql.DB, id, name string) {
	// ruleid: sql-by-string-go
	db.QueryRowContext(ctx, "SELECT title FROM contracts WHERE id = "+id)
	statement := fmt.Sprintf("DROP TABLE %s", name)
	// ruleid: sql-by-string-go
	db.Exec(statement)
	statement = "SELECT title FROM contracts"
	if id != "" {
		statement += " WHERE id = " + id
	}
	// ruleid: sql-by-string-go
	db.QueryContext(ctx, statement)
}

func handle(db *sql.DB, r *http.Request) {
	// ruleid: sql-by-string-go
	db.QueryContext(r.Context(), "SELECT title FROM contracts ORDER BY "+r.FormValue("by"))
}

func right(ctx context.Context, db *sql.DB, id, name string) {
	// ok: sql-by-string-go
	db.QueryRowContext(ctx, "SELECT title FROM contracts WHERE id = $1", id)
	// ok: sql-by-string-go
	db.ExecContext(ctx, "TRUNCATE "+table)
	// ok: sql-by-string-go
	db.ExecContext(ctx, "DROP TABLE "+pgx.Identifier{name}.Sanitize())
	quoted := pgx.Identifier{name}.Sanitize()
	// ok: sql-by-string-go
	db.ExecContext(ctx, fmt.Sprintf("DROP TABLE %s", quoted))
}
