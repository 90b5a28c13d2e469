package rows

import (
	"fmt"

	"github.com/jackc/pgx/v5"
)

// A table is a table of a database, with rows or without.
type table struct {
	name, quoted string
	filled       bool
	columns      []column
}

// A column has the properties that decide which values it accepts.
type column struct {
	name, kind, class string // kind is the type, class is pg_type.typcategory
	position          int
	length            int // of a text; 0 is unlimited
	nullable, unique  bool
	automatic         bool   // Postgres fills it by a default, an identity or an expression
	refers, referred  string // the quoted table and the column to which a foreign key refers
}

// canBeFilled reports whether every table to which a NOT NULL column refers has rows.
func (tb *table) canBeFilled(all []table) bool {
	for _, c := range tb.columns {
		for _, other := range all {
			if c.refers == other.quoted && !other.filled && !c.nullable {
				return false
			}
		}
	}
	return true
}

// value is an SQL expression of i, the number of the row. Dates and times grow from one column of a table to the next, so
// that an end comes after its beginning. value returns false for a type it does not know.
func (c column) value() (string, bool) {
	switch c.kind {
	case "bool":
		return "i % 2 = 0", true
	case "date":
		return fmt.Sprintf("date '2000-01-01' + (i %% 1000 + %d)::int", c.position), true
	case "timestamp", "timestamptz":
		return fmt.Sprintf("timestamp '2000-01-01' + (i %% 1000 + %d) * interval '1 day'", c.position), true
	case "interval", "time":
		return "(i % 1000) * interval '1 second'", true
	case "uuid":
		return fmt.Sprintf("md5('%d-' || i)::uuid", c.position), true
	case "json", "jsonb":
		return "'{}'", true
	case "bytea":
		return "decode(md5(i::text), 'hex')", true
	case "inet":
		return "'10.0.0.0'::inet + i", true
	}
	switch c.class {
	case "N":
		if c.unique {
			return "i + 1", true
		}
		return "1 + i % 12", true
	case "S":
		if c.length > 0 {
			return fmt.Sprintf("left(md5(i::text), %d)", c.length), true
		}
		return "'row ' || i", true
	case "E":
		return fmt.Sprintf("(enum_range(NULL::%[1]s))[1 + i %% cardinality(enum_range(NULL::%[1]s))]", pgx.Identifier{c.kind}.Sanitize()), true
	case "A":
		return "'{}'", true
	}
	return "", false
}
