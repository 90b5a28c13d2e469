package lock

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"ariga.io/atlas/sql/migrate"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/verify/migration"
)

func TestAStrongerLockCountsFromTheFirstThatBlockedWriters(t *testing.T) {
	first, second := time.Unix(100, 0), time.Unix(200, 0)
	one, two := &migrate.Stmt{Pos: 1}, &migrate.Stmt{Pos: 2}

	weak := hold{}.strengthen("RowExclusive", hold{at: one, since: first})
	require.Equal(t, hold{mode: "RowExclusive", at: one, since: first}, weak)
	require.Equal(t, hold{mode: "AccessExclusive", at: two, since: second}, weak.strengthen("AccessExclusive", hold{at: two, since: second}), "nobody waited for the weak one")

	strong := hold{}.strengthen("Share", hold{at: one, since: first})
	require.Equal(t, hold{mode: "AccessExclusive", at: two, since: first}, strong.strengthen("AccessExclusive", hold{at: two, since: second}))
}

func TestLocksAreListedByTableWithTheLineOfTheirStatement(t *testing.T) {
	file := migrate.NewLocalFile("1_a.sql", []byte("SELECT 1;\nSELECT 2;\n"))
	at, since := &migrate.Stmt{Pos: 10}, time.Unix(100, 0)
	w := &watcher{held: map[string]hold{
		"users":  {mode: "Share", at: at, since: since, until: since.Add(1500 * time.Millisecond)},
		"orders": {mode: "RowExclusive", at: at, since: since, until: since.Add(time.Second), sampled: true},
	}}
	require.Equal(t, []migration.Lock{
		{File: "db/1_a.sql", Table: "orders", Mode: "RowExclusive", Line: 2, Seconds: 1, Sampled: true},
		{File: "db/1_a.sql", Table: "users", Mode: "Share", Line: 2, Seconds: 1.5},
	}, w.locks("db/1_a.sql", file))
}

func TestOnlyTheLocksOfAStatementEndWithIt(t *testing.T) {
	one, two := &migrate.Stmt{}, &migrate.Stmt{}
	w := &watcher{held: map[string]hold{"users": {at: one}, "orders": {at: two}}}
	w.release(one)
	require.False(t, w.held["users"].until.IsZero())
	require.True(t, w.held["orders"].until.IsZero())
}

func TestAStatementThatRefusesTransactionsIsKnownByItsCode(t *testing.T) {
	require.True(t, refusesTransactions(fmt.Errorf("run: %w", &pgconn.PgError{Code: "25001"})))
	require.False(t, refusesTransactions(&pgconn.PgError{Code: "25P02"}))
	require.False(t, refusesTransactions(errors.New("25001")))
	require.False(t, refusesTransactions(nil))
}
