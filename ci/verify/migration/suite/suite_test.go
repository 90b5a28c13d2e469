package suite

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/config/lockmode"
	"github.com/renewa/pipeline/ci/verify/migration"
)

func TestGoodMigrationsPassEveryCheck(t *testing.T) {
	r, err := try(t, tree(), nil)
	require.NoError(t, err)
	require.Empty(t, rules(r))
	require.Len(t, r.Checks, 8)
	for _, c := range r.Checks {
		require.Equal(t, migration.Passed, c.Status, c.Name)
	}
	require.Equal(t, "4", r.Newest)
	held := map[string]lockmode.Mode{}
	for _, l := range r.Locks {
		held[l.File+" "+l.Table] = l.Mode
	}
	require.Equal(t, map[string]lockmode.Mode{
		"db/1_users.sql ": "", "db/2_orders.sql users": "ShareRowExclusive", "db/3_names.sql users": "RowExclusive", "db/4_index.sql orders": "ShareUpdateExclusive",
	}, held)
}

func TestAProblemIsReportedWithItsLine(t *testing.T) {
	for reason, c := range map[string]struct{ text, want string }{
		"a column that is dropped":        {"ALTER TABLE users DROP COLUMN born;", "db/5_new.sql:1 DS103"},
		"a table that is dropped":         {"\nDROP TABLE orders;", "db/5_new.sql:2 DS102"},
		"a column that is renamed":        {"ALTER TABLE users RENAME COLUMN born TO birthday;", "db/5_new.sql:1 BC102"},
		"a table that is renamed":         {"ALTER TABLE orders RENAME TO purchases;", "db/5_new.sql:1 BC101"},
		"a unique index on what exists":   {"CREATE UNIQUE INDEX u ON users (name);", "db/5_new.sql:1 MF101"},
		"no value for the rows there":     {"SELECT 1;\nALTER TABLE users ADD COLUMN a text NOT NULL;", "db/5_new.sql:2 MF103\ndb/5_new.sql:2 does-not-apply"},
		"a name of another kind":          {"CREATE TABLE later (id int PRIMARY KEY);\nALTER TABLE users ADD COLUMN \"isAdmin\" bool;", "db/5_new.sql:2 naming"},
		"data nobody asserts":             {"SELECT 1;\nDELETE FROM users WHERE born < '1900-01-01';", "db/5_new.sql:2 data-without-assertions"},
		"what does not run":               {"SELECT 1;\nALTER TABLE nobody ADD a int;", "db/5_new.sql:2 does-not-apply"},
		"a waiver that waives nothing":    {"-- why\n-- atlas:nolint DS103\nSELECT 1;", "db/5_new.sql:2 waiver-of-nothing"},
		"a lock for long":                 {"ALTER TABLE users ADD a int;\nSELECT pg_sleep(0.3);", "db/5_new.sql:1 blocks-too-long"},
		"a stronger lock after a while":   {"CREATE INDEX users_name ON users (name);\nSELECT pg_sleep(0.3);\nALTER TABLE users ADD a int;", "db/5_new.sql:3 blocks-too-long"},
		"a table nobody knows to fill":    {"CREATE TABLE odd (a point NOT NULL);", "db/5_new.sql table-not-filled"},
		"a table whose rules are its own": {"CREATE TABLE odd (a int NOT NULL CHECK (a > 1000));", "db/5_new.sql table-not-filled"},
	} {
		t.Run(reason, func(t *testing.T) {
			files := tree()
			files["5_new.sql"] = c.text
			r, err := try(t, files, func(trial *migration.Trial) {
				trial.Naming = "^[a-z_]+$"
				if strings.Contains(c.text, "pg_sleep") { // the others may take any time, and so may the older files
					trial.Limits.Time, trial.Applied = 200*time.Millisecond, "4"
				}
			})
			require.NoError(t, err)
			got := ""
			for _, line := range rules(r) {
				got += line + "\n"
			}
			require.Equal(t, c.want+"\n", got)
		})
	}
}

func TestWronglyMovedDataIsReportedByItsAssertion(t *testing.T) {
	for reason, c := range map[string]struct{ after, what string }{
		"not true":  {"SELECT true;\n\nSELECT name = 'Ada' FROM users;", "The query is not true after the migration: SELECT name = 'Ada' FROM users;"},
		"unknown":   {"SELECT true;\n\nSELECT NULL::bool;", "The query is not true"},
		"of no row": {"SELECT true;\n\nSELECT true FROM users WHERE name = 'x';", "The query returns no row"},
		"no truth":  {"SELECT true;\n\nSELECT 'ada';", "The query does not return one column that is true or false"},
		"no query":  {"SELECT true;\n\nSELEC 1;", "syntax error"},
	} {
		files := tree()
		files["testdata/3/after.sql"] = c.after
		r, err := try(t, files, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"db/testdata/3/after.sql:3 assertion-false"}, rules(r), reason)
		require.Contains(t, r.Findings[0].What, c.what, reason)
	}
}

func TestTheMigratorIsNotRunOnFilesThatDifferFromAtlasSum(t *testing.T) {
	files := tree()
	files["atlas.sum"] = "h1:x\n1_users.sql h1:x\n2_orders.sql h1:y\n9_gone.sql h1:z\n"
	r, err := try(t, files, nil)
	require.NoError(t, err)
	require.Equal(t, []string{"db/1_users.sql file-edited", "db/3_names.sql file-unlisted", "db/4_index.sql file-unlisted", "db/9_gone.sql file-removed"}, rules(r))
	require.Equal(t, migration.Skipped, r.Checks[1].Status)
	require.Contains(t, r.Checks[1].Says, "atlas.sum")
}

func TestAMigratorThatMakesAnotherSchemaThanTheFilesIsFound(t *testing.T) {
	for reason, c := range map[string]struct{ command, want string }{
		"it fails":                {"echo no such role >&2; exit 3", "The migrator does not bring up an empty database:\nno such role"},
		"it does more":            {`$0 && psql -q "$DATABASE_URL" -c 'ALTER TABLE users ADD IF NOT EXISTS extra int'`, "users: the database has the column extra, which no migration makes"},
		"it speaks of work again": {"$0; echo applied 1_users.sql", "A second run of the migrator reports that it applied a migration"},
		"it cannot run twice":     {`$0 && psql -q "$DATABASE_URL" -c 'CREATE VIEW once AS SELECT 1'`, "The migrator fails on a database that has every migration"},
	} {
		r, err := try(t, tree(), func(trial *migration.Trial) { trial.Migrator = []string{"sh", "-c", c.command, trial.Migrator[0]} })
		require.NoError(t, err)
		found := ""
		for _, f := range r.Findings {
			found += f.What + "\n"
		}
		require.Contains(t, found, c.want, reason)
	}
}

func TestTheMigratorGoesOnFromTheGivenVersion(t *testing.T) {
	r, err := try(t, tree(), func(trial *migration.Trial) { trial.From = "2" })
	require.NoError(t, err)
	require.Equal(t, "from 2", r.Checks[3].Says)
	_, err = try(t, tree(), func(trial *migration.Trial) { trial.From = "7" })
	require.ErrorContains(t, err, `there is no migration of version "7"; the versions are 1, 2, 3, 4`)
}

func TestEveryDifferenceOfAnAlteredDatabaseIsReported(t *testing.T) {
	_, err := try(t, tree(), nil)
	require.NoError(t, err)
	server := connect(t)
	require.NoError(t, server.With("up", func(db *sql.DB) error {
		_, err := db.ExecContext(t.Context(), "ALTER TABLE users ALTER COLUMN name DROP NOT NULL, ADD COLUMN extra int; DROP INDEX orders_user_id; CREATE TABLE notes (a int)")
		return err
	}))
	t.Setenv("THERE", server.Address("up"))
	r, err := try(t, tree(), func(trial *migration.Trial) { trial.Database, trial.Migrator = "THERE", nil })
	require.NoError(t, err)
	var got []string
	for _, f := range r.Findings {
		require.Equal(t, "drift", f.Check)
		got = append(got, f.What)
	}
	require.ElementsMatch(t, []string{
		"users: the column name differs in its NOT NULL",
		"users: the database has the column extra, which no migration makes",
		"orders: the database lacks the index orders_user_id, which the migrations make",
		"the database has the table notes, which no migration makes",
	}, got, fmt.Sprint(got))
	require.Equal(t, "the database is at version 4", r.Checks[1].Says)
}

func TestAMigrationEditedAndHashedAgainDiffersFromTheReleaseAndTheDatabase(t *testing.T) {
	released := t.TempDir()
	_, err := try(t, tree(), func(trial *migration.Trial) {
		text, err := os.ReadFile(filepath.Join(trial.Dir, "atlas.sum"))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(released, "atlas.sum"), text, 0o600))
	})
	require.NoError(t, err)
	files := tree()
	files["5_new.sql"] = "CREATE TABLE later (id bigint PRIMARY KEY);\n"
	r, err := try(t, files, func(trial *migration.Trial) { trial.Released = released })
	require.NoError(t, err)
	require.Empty(t, rules(r))

	files["1_users.sql"] += "-- edited\n"
	r, err = try(t, files, func(trial *migration.Trial) { trial.Released = released })
	require.NoError(t, err)
	require.Equal(t, []string{"db/1_users.sql file-edited"}, rules(r))

	server := connect(t)
	require.NoError(t, server.Create(t.Context(), "there", "state_4"))
	t.Setenv("THERE", server.Address("there"))
	r, err = try(t, tree(), func(trial *migration.Trial) { trial.Database, trial.Migrator = "THERE", nil })
	require.NoError(t, err)
	require.Equal(t, []string{"db/1_users.sql file-edited"}, rules(r))
	require.Equal(t, "1_users.sql differs from the file of that name in the database", r.Findings[0].What)
}

func TestAppliedMigrationsAreNotLintedNorMeasured(t *testing.T) {
	files := tree()
	files["5_old.sql"] = "DELETE FROM orders;\nALTER TABLE users DROP COLUMN born;\nALTER TABLE users ADD COLUMN a text NOT NULL;\n"
	r, err := try(t, files, func(trial *migration.Trial) { trial.Applied, trial.Limits.Lock = "5", "AccessShare" })
	require.NoError(t, err)
	require.Empty(t, rules(r))
	require.Empty(t, r.Locks)
}
