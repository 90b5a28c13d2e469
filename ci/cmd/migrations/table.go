package main

import "fmt"

// table is one that may need rows.
type table struct {
	name, quoted string
	filled       bool
	columns      []column
}

// column is what its values must be like.
type column struct {
	name, kind, class string // the type, and Postgres's letter for its kind of types
	place             int
	length            int // of a text; 0 is any
	nullable, unique  bool
	given             bool   // by a default, an identity or an expression
	refers, referred  string // the table, quoted, and the column of it
}

// canBeFilled: what it refers to must have rows, unless it may do without.
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

// value is an expression of i, the number of the row. Times grow from one column of a table to the next, as those of a
// beginning and an end do.
func (c column) value() (string, bool) {
	switch c.kind {
	case "bool":
		return "i % 2 = 0", true
	case "date":
		return fmt.Sprintf("date '2000-01-01' + (i %% 1000 + %d)::int", c.place), true
	case "timestamp", "timestamptz":
		return fmt.Sprintf("timestamp '2000-01-01' + (i %% 1000 + %d) * interval '1 day'", c.place), true
	case "interval", "time":
		return "(i % 1000) * interval '1 second'", true
	case "uuid":
		return fmt.Sprintf("md5('%d-' || i)::uuid", c.place), true
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
		return fmt.Sprintf("(enum_range(NULL::%[1]s))[1 + i %% cardinality(enum_range(NULL::%[1]s))]", quote(c.kind)), true
	case "A":
		return "'{}'", true
	}
	return "", false
}
