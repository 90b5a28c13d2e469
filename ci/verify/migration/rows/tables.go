package rows

import (
	"context"
	"database/sql"

	"github.com/jackc/pgx/v5"

	"github.com/renewa/pipeline/ci/verify/migration/atlas"
)

const tablesQuery = `SELECT n.nspname, c.relname, a.attname, t.typname, t.typcategory, a.attnum, NOT a.attnotnull,
	CASE WHEN t.typname IN ('varchar', 'bpchar') AND a.atttypmod > 4 THEN a.atttypmod - 4 ELSE 0 END,
	a.atthasdef OR a.attidentity <> '' OR a.attgenerated <> '',
	EXISTS (SELECT FROM pg_index x WHERE x.indrelid = c.oid AND x.indisunique AND a.attnum = ANY (x.indkey)),
	coalesce(rn.nspname, ''), coalesce(r.relname, ''), coalesce(ra.attname, '')
	FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
	JOIN pg_type t ON t.oid = a.atttypid
	LEFT JOIN pg_constraint f ON f.conrelid = c.oid AND f.contype = 'f' AND f.conkey = ARRAY[a.attnum]
	LEFT JOIN pg_class r ON r.oid = f.confrelid LEFT JOIN pg_namespace rn ON rn.oid = r.relnamespace
	LEFT JOIN pg_attribute ra ON ra.attrelid = r.oid AND ra.attnum = f.confkey[1]
	WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema' AND c.relname <> $1
	ORDER BY n.nspname, c.relname, a.attnum`

// tables reads all tables, and whether each has rows.
func tables(ctx context.Context, conn *sql.Conn) ([]table, error) {
	rows, err := conn.QueryContext(ctx, tablesQuery, atlas.RevisionTable)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []table
	for rows.Next() {
		var in, name, inOf, of string
		var c column
		if err := rows.Scan(&in, &name, &c.name, &c.kind, &c.class, &c.position, &c.nullable, &c.length, &c.automatic, &c.unique, &inOf, &of, &c.referred); err != nil {
			return nil, err
		}
		quoted := pgx.Identifier{in, name}.Sanitize()
		if len(all) == 0 || all[len(all)-1].quoted != quoted {
			all = append(all, table{name: name, quoted: quoted})
		}
		if of != "" {
			c.refers = pgx.Identifier{inOf, of}.Sanitize()
		}
		all[len(all)-1].columns = append(all[len(all)-1].columns, c)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for i := range all {
		if err := conn.QueryRowContext(ctx, "SELECT EXISTS (SELECT FROM "+all[i].quoted+")").Scan(&all[i].filled); err != nil {
			return nil, err
		}
	}
	return all, nil
}
