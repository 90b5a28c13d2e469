package rows

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRowsHaveValuesThatTheColumnsAccept(t *testing.T) {
	users := table{name: "users", quoted: `"public"."users"`, columns: []column{
		{name: "id", kind: "int8", class: "N", position: 1, automatic: true},
		{name: "name", kind: "text", class: "S", position: 2},
		{name: "code", kind: "varchar", class: "S", position: 3, length: 4},
		{name: "begins", kind: "date", class: "D", position: 4},
		{name: "ends", kind: "date", class: "D", position: 5, nullable: true},
		{name: "number", kind: "int4", class: "N", position: 6, unique: true},
		{name: "is", kind: "kind", class: "E", position: 7},
		{name: "where", kind: "point", class: "G", position: 8, nullable: true},
	}}
	statement, err := users.insert(100, false)
	require.NoError(t, err)
	require.Equal(t, `INSERT INTO "public"."users" ("name", "code", "begins", "ends", "number", "is") SELECT 'row ' || i, left(md5(i::text), 4), `+
		`date '2000-01-01' + (i % 1000 + 4)::int, date '2000-01-01' + (i % 1000 + 5)::int, i + 1, `+
		`(enum_range(NULL::"kind"))[1 + i % cardinality(enum_range(NULL::"kind"))] FROM generate_series(0, 99) AS i`, statement)

	statement, err = users.insert(100, true)
	require.NoError(t, err)
	require.NotContains(t, statement, `"ends"`, "what may be NULL is")

	users.columns[7].nullable = false
	_, err = users.insert(100, false)
	require.EqualError(t, err, "the column where cannot be filled: no test value is known for type point")
}

func TestATableIsFilledAfterTheTablesToWhichItRefers(t *testing.T) {
	users := table{quoted: "users", columns: []column{{name: "id", automatic: true}}}
	orders := table{quoted: "orders", columns: []column{{name: "user_id", position: 1, kind: "int8", class: "N", refers: "users", referred: "id"}}}
	require.False(t, orders.canBeFilled([]table{orders, users}))
	users.filled = true
	require.True(t, orders.canBeFilled([]table{orders, users}))
	statement, err := orders.insert(10, false)
	require.NoError(t, err)
	require.Equal(t, `INSERT INTO orders ("user_id") SELECT k1.v FROM generate_series(0, 9) AS i LEFT JOIN (SELECT row_number() OVER () - 1 AS n, "id" AS v `+
		`FROM (SELECT "id" FROM users LIMIT 10) x) k1 ON k1.n = i % (SELECT least(count(*), 10) FROM users)`, statement)
	statement, err = (&table{quoted: "marks"}).insert(10, false)
	require.NoError(t, err)
	require.Equal(t, "INSERT INTO marks SELECT FROM generate_series(0, 9) AS i", statement)
}
