package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ariga.io/atlas/sql/migrate"
	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/verify/migration"
)

// The test's own program stands in for a migrator that ships: it applies what is pending, as Atlas's library does.
func TestMain(m *testing.M) {
	if dir := os.Getenv("ACT_AS_MIGRATOR"); dir != "" {
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
	t := &trial{tables: "atlas", folder: &folder{dir: local}} // a schema of its own, as Atlas's CLI has it
	store := revisions{db, t.tables}
	if in, err := revisionsIn(ctx, db); err != nil {
		return err
	} else if in == "" {
		if err := store.create(ctx); err != nil {
			return err
		}
	}
	files, err := local.Files()
	if err != nil {
		return err
	}
	for _, file := range files {
		if _, err := store.ReadRevision(ctx, file.Version()); err == nil {
			continue
		}
		if err := t.apply(ctx, db, file); err != nil {
			return err
		}
		fmt.Println("applied", file.Name())
	}
	return nil
}

// tree is migrations that pass.
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

// tried makes a trial of files, with atlas.sum as it should be unless it is among them.
func tried(t *testing.T, files map[string]string, change func(*options)) (migration.Report, error) {
	t.Helper()
	server, dir := serverOf(t), t.TempDir()
	for name, text := range files {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	if files[migrate.HashFileName] == "" {
		hash(t, dir)
	}
	t.Setenv("ACT_AS_MIGRATOR", dir)
	o := options{dir: dir, shown: "db", server: server, variable: "DATABASE_URL", migrate: []string{os.Args[0]}, out: t.TempDir(), rows: 200, limits: migration.Limits{Time: time.Minute}}
	if change != nil {
		change(&o)
	}
	var said strings.Builder
	if err := try(t.Context(), o, &said); err != nil {
		return migration.Report{}, err
	}
	return migration.Read(os.DirFS(o.out))
}

func hash(t *testing.T, dir string) {
	t.Helper()
	local, err := migrate.NewLocalDir(dir)
	require.NoError(t, err)
	sum, err := local.Checksum()
	require.NoError(t, err)
	require.NoError(t, migrate.WriteSumFile(local, sum))
}

// rules are the findings of a report as FILE:LINE RULE.
func rules(r migration.Report) []string {
	var list []string
	for _, f := range r.Findings {
		list = append(list, f.Place()+" "+strings.Join(f.Rules, " "))
	}
	return list
}

func serverOf(t *testing.T) string {
	t.Helper()
	server := os.Getenv("DATABASE_URL_TEST")
	if server == "" {
		t.Skip("set DATABASE_URL_TEST to a Postgres that may be filled with databases, for a user who may make them")
	}
	return server
}
