package main

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// fill makes rows of values that differ. Where a constraint wants them otherwise, columns that may be NULL are.
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

// insert is the statement. i counts the rows; what is referred to is taken from the other table in turn.
func (tb *table) insert(rows int, nulls bool) (string, error) {
	var names, values []string
	from := fmt.Sprintf("generate_series(0, %d) AS i", rows-1)
	for _, c := range tb.columns {
		v, ok := c.value()
		switch {
		case c.given || c.nullable && (nulls || !ok && c.refers == ""):
			continue
		case c.refers != "":
			key := fmt.Sprintf("k%d", c.place)
			v = key + ".v"
			from += fmt.Sprintf(" LEFT JOIN (SELECT row_number() OVER () - 1 AS n, %s AS v FROM (SELECT %[1]s FROM %[2]s LIMIT %[3]d) x) %[4]s"+
				" ON %[4]s.n = i %% (SELECT least(count(*), %[3]d) FROM %[2]s)", quote(c.referred), c.refers, rows, key)
		case !ok:
			return "", fmt.Errorf("nothing is known to put into its column %s of type %s", c.name, c.kind)
		}
		names, values = append(names, quote(c.name)), append(values, v)
	}
	if len(names) == 0 {
		return fmt.Sprintf("INSERT INTO %s SELECT FROM %s", tb.quoted, from), nil
	}
	return fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM %s", tb.quoted, strings.Join(names, ", "), strings.Join(values, ", "), from), nil
}
