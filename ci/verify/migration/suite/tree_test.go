package suite

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ariga.io/atlas/sql/migrate"
	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/verify/migration"
	"github.com/renewa/pipeline/ci/verify/migration/atlas"
	"github.com/renewa/pipeline/ci/verify/migration/scratch"
)

// TestMain makes the program of the tests a migrator, too: it applies pending migrations by Atlas's library.
func TestMain(m *testing.M) {
	if dir := os.Getenv("RUN_AS_MIGRATOR"); dir != "" {
		if err := act(dir); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func act(dir string) error {
	ctx := context.Background()
	local, err := migrate.NewLocalDir(dir)
	if err != nil {
		return err
	}
	if err := migrate.Validate(local); err != nil {
		return err
	}
	db, err := sql.Open("pgx", os.Getenv("DATABASE_URL"))
	if err != nil {
		return err
	}
	applier := atlas.Applier{Dir: local, Schema: "atlas"} // a schema of its own, as Atlas's CLI has it
	revisions := atlas.Revisions{ExecQuerier: db, Schema: applier.Schema}
	if schema, err := atlas.RevisionSchema(ctx, db); err != nil {
		return err
	} else if schema == "" {
		if err := revisions.Create(ctx); err != nil {
			return err
		}
	}
	files, err := local.Files()
	if err != nil {
		return err
	}
	for _, file := range files {
		if _, err := revisions.ReadRevision(ctx, file.Version()); err == nil {
			continue
		}
		if err := applier.Apply(ctx, db, file); err != nil {
			return err
		}
		fmt.Println("applied", file.Name())
	}
	return nil
}

// tree returns migrations that pass every check.
func tree() map[string]string {
	return map[string]string{
		"1_users.sql": "CREATE TABLE users (\n  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n  name text NOT NULL,\n  born date,\n  plan text CHECK (plan IN ('free', 'paid'))\n);\n",
		"2_orders.sql": "CREATE TYPE kind AS ENUM ('one', 'two');\nCREATE TABLE orders (\n  id uuid PRIMARY KEY,\n  user_id bigint NOT NULL REFERENCES users (id),\n" +
			"  of_kind kind NOT NULL,\n  made timestamptz NOT NULL,\n  sent timestamptz CHECK (sent > made),\n  code varchar(8) UNIQUE\n);\n",
		"3_names.sql":           "UPDATE users SET name = upper(name);\n",
		"4_index.sql":           "-- atlas:txmode none\n\nCREATE INDEX CONCURRENTLY orders_user_id ON orders (user_id);\n",
		"testdata/3/before.sql": "INSERT INTO users (name) VALUES ('ada');\n",
		"testdata/3/after.sql":  "SELECT name = 'ADA' FROM users;\n",
	}
}

// try runs the suite on files and returns its report. atlas.sum is written for the files unless it is one of them.
func try(t *testing.T, files map[string]string, change func(*migration.Trial)) (migration.Report, error) {
	t.Helper()
	server, dir := serverOf(t), t.TempDir()
	for name, text := range files {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	if files[migrate.HashFileName] == "" {
		hash(t, dir)
	}
	t.Setenv("RUN_AS_MIGRATOR", dir)
	trial := migration.Trial{
		Dir: dir, Shown: "db", Server: server, Variable: "DATABASE_URL", Migrator: []string{os.Args[0]}, Out: t.TempDir(), Rows: 200, Limits: migration.Limits{Time: time.Minute},
	}
	if change != nil {
		change(&trial)
	}
	if err := Run(t.Context(), trial, io.Discard); err != nil {
		return migration.Report{}, err
	}
	return migration.Read(os.DirFS(trial.Out))
}

func hash(t *testing.T, dir string) {
	t.Helper()
	local, err := migrate.NewLocalDir(dir)
	require.NoError(t, err)
	sum, err := local.Checksum()
	require.NoError(t, err)
	require.NoError(t, migrate.WriteSumFile(local, sum))
}

// rules returns the findings of a report as FILE:LINE RULE.
func rules(r migration.Report) []string {
	var list []string
	for _, f := range r.Findings {
		list = append(list, f.Place()+" "+strings.Join(f.Rules, " "))
	}
	return list
}

// connect returns the server on which the suite left its databases.
func connect(t *testing.T) *scratch.Server {
	t.Helper()
	server, err := scratch.Connect(t.Context(), serverOf(t), "", 0, t.Output())
	require.NoError(t, err)
	t.Cleanup(func() { _ = server.Close() })
	return server
}

func serverOf(t *testing.T) string {
	t.Helper()
	server := os.Getenv("DATABASE_URL_TEST")
	if server == "" {
		t.Skip("set DATABASE_URL_TEST to a Postgres that may be filled with databases, for a user who may make them")
	}
	return server
}
