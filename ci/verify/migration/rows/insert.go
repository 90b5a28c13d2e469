package rows

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// fill inserts rows whose values differ. If a constraint refuses them, fill leaves the nullable columns NULL.
func (tb *table) fill(ctx context.Context, conn *sql.Conn, rows int) error {
	var last error
	for _, nulls := range []bool{false, true} {
		statement, err := tb.insert(rows, nulls)
		if err != nil {
			return err
		}
		if _, last = conn.ExecContext(ctx, statement); last == nil {
			return nil
		}
	}
	return last
}

// insert returns the INSERT statement. Foreign keys go through the rows of the other table in turn.
func (tb *table) insert(rows int, nulls bool) (string, error) {
	var names, values []string
	from := fmt.Sprintf("generate_series(0, %d) AS i", rows-1)
	for _, c := range tb.columns {
		v, ok := c.value()
		switch {
		case c.automatic || c.nullable && (nulls || !ok && c.refers == ""):
			continue
		case c.refers != "":
			key := fmt.Sprintf("k%d", c.position)
			v = key + ".v"
			from += fmt.Sprintf(" LEFT JOIN (SELECT row_number() OVER () - 1 AS n, %s AS v FROM (SELECT %[1]s FROM %[2]s LIMIT %[3]d) x) %[4]s"+
				" ON %[4]s.n = i %% (SELECT least(count(*), %[3]d) FROM %[2]s)", pgx.Identifier{c.referred}.Sanitize(), c.refers, rows, key)
		case !ok:
			return "", fmt.Errorf("the column %s cannot be filled: no test value is known for type %s", c.name, c.kind)
		}
		names, values = append(names, pgx.Identifier{c.name}.Sanitize()), append(values, v)
	}
	if len(names) == 0 {
		return fmt.Sprintf("INSERT INTO %s SELECT FROM %s", tb.quoted, from), nil
	}
	return fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM %s", tb.quoted, strings.Join(names, ", "), strings.Join(values, ", "), from), nil
}
