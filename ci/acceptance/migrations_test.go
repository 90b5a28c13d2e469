//go:build acceptance

package acceptance

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	atlas "ariga.io/atlas/sql/migrate"
	"github.com/stretchr/testify/require"
)

const renewaMigrations = "renewa-one/migrations"

// hash rewrites atlas.sum, as the author of a migration does.
func (c checkout) hash(t testing.TB) {
	t.Helper()
	dir, err := atlas.NewLocalDir(c.path(renewaMigrations))
	require.NoError(t, err)
	sum, err := dir.Checksum()
	require.NoError(t, err)
	require.NoError(t, atlas.WriteSumFile(dir, sum))
}

// No other check finds what this test plants: the migrator makes a change of its own, and a migration fails only on a
// table with rows or under the previous release.
func TestEveryThingPlantedInTheMigrationsIsFoundInOneRun(t *testing.T) {
	c := checked(t)
	c.write(t, renewaMigrations+"/20260301090000_planted.sql", `CREATE INDEX contracts_supplier ON contracts (supplier);
ALTER TABLE contracts DROP COLUMN last_renewed_at;
ALTER TABLE contracts ADD COLUMN owner text NOT NULL;
-- squawk-ignore renaming-column
ALTER TABLE contracts RENAME COLUMN note_sealed TO note;
DELETE FROM contracts WHERE title = 'none';
`)
	c.hash(t)
	c.edit(t, renewaMigrations+"/testdata/20260209090000/after.sql", "= 4 AND", "= 3 AND")
	c.edit(t, "renewa-one/migrate/apply.go", "\tfor _, file := range pending {", "\tdefer db.ExecContext(ctx, \"ALTER TABLE renewals ADD COLUMN planted int\")\n\tfor _, file := range pending {")

	out := t.TempDir()
	c.call("step", "results", "--name", "migrations", "-o", out).ok(t)
	text, err := os.ReadFile(filepath.Join(out, "migrations.json"))
	require.NoError(t, err)
	var report struct {
		Findings []struct {
			File               string
			Line               int
			Rules              []string
			What, Why, Instead string
		}
	}
	require.NoError(t, json.Unmarshal(text, &report))
	type place struct {
		file, rule string
		line       int
	}
	found := map[place]string{}
	for _, f := range report.Findings {
		require.NotEmpty(t, f.Why, f.What)
		require.NotEmpty(t, f.Instead, f.What)
		for _, rule := range f.Rules {
			found[place{f.File, rule, f.Line}] += f.What
		}
	}
	const planted, after = renewaMigrations + "/20260301090000_planted.sql", renewaMigrations + "/testdata/20260209090000/after.sql"
	for _, want := range []place{
		{planted, "require-concurrent-index-creation", 1},
		{planted, "DS103", 2},
		{planted, "ban-drop-column", 2},
		{planted, "MF103", 3},
		{planted, "does-not-apply", 3},
		{planted, "waiver-without-reason", 4},
		{planted, "BC102", 5},
		{planted, "data-without-assertions", 6},
		{after, "assertion-false", 10},
		{renewaMigrations, "drift", 0},
	} {
		require.Contains(t, found, want)
	}
	require.Contains(t, found[place{renewaMigrations, "drift", 0}], "renewals: the database has the column planted, which no migration makes")
	require.Len(t, found, 12, "%v", found) // those that squawk finds as well

	got := c.call("migrations").run(t)
	require.Equal(t, 1, got.code)
	for _, line := range []string{"lint: ", "data: 2 findings", "locks: 1 finding", "drift: 1 finding", planted + ":2  DS103, ban-drop-column", "to reproduce: dagger call migrations"} {
		require.Contains(t, got.stderr, line)
	}
}

func TestAnEditedMigrationIsNamedAndNotRun(t *testing.T) {
	c := checked(t)
	c.edit(t, renewaMigrations+"/20260126090000_renewals.sql", "One row", "One line")
	got := c.call("migrations", "--from", "20260112090000").run(t)
	require.Equal(t, 1, got.code)
	require.Contains(t, got.stderr, "integrity: 1 finding")
	require.Contains(t, got.stderr, "20260126090000_renewals.sql differs from the file of that name in atlas.sum")
	require.Regexp(t, `(?m)^up +skipped `, got.stderr)
	require.Regexp(t, `(?m)^lint +passed `, got.stderr)
}

func TestADatabaseThatDoesNotStartIsAnErrorThatNamesTheStep(t *testing.T) {
	c := checked(t)
	c.edit(t, "pipeline.toml", "migration_url =", "postgres = \"debian:trixie-slim\"\nmigration_url =")
	got := c.call("ci", "--only", "migrations").run(t)
	require.Equal(t, 1, got.code)
	require.Regexp(t, `(?m)^migrations +not run `, got.stderr)
	require.Contains(t, got.stderr, "step migrations could not run: the database debian:trixie-slim did not start: its container exited with code ")
	require.Contains(t, got.stderr, "to run it alone: dagger call migrations")
}
