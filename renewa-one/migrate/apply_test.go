package main

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// newDatabase makes a database for a test on the server DATABASE_URL_TEST names.
func newDatabase(t *testing.T) *database {
	t.Helper()
	server := os.Getenv("DATABASE_URL_TEST")
	if server == "" {
		t.Skip("NOT TESTED against PostgreSQL: set DATABASE_URL_TEST to a server where databases may be created")
	}
	admin := openDatabase(t, server)
	name := fmt.Sprintf("migrate_test_%d", time.Now().UnixNano())
	mustExec(t, admin, "CREATE DATABASE "+name)
	t.Cleanup(func() { mustExec(t, admin, "DROP DATABASE "+name+" WITH (FORCE)") })
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal("DATABASE_URL_TEST is not an address")
	}
	u.Path = "/" + name
	return openDatabase(t, u.String())
}

func openDatabase(t *testing.T, at string) *database {
	t.Helper()
	config, err := address(env(map[string]string{"DATABASE_URL": at}))
	if err != nil {
		t.Fatal(err)
	}
	db, err := connect(t.Context(), config, os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func mustExec(t *testing.T, db *database, statement string) {
	t.Helper()
	if _, err := db.ExecContext(context.Background(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// count returns the number that a query selects.
func count(t *testing.T, db *database, query string) (n int) {
	t.Helper()
	if err := db.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

func applyDir(t *testing.T, db *database, dir string) (output string, err error) {
	t.Helper()
	files, err := open(dir)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	err = apply(t.Context(), db, files, &log)
	return log.String(), err
}

func mustApply(t *testing.T, db *database, dir string) string {
	t.Helper()
	output, err := applyDir(t, db, dir)
	if err != nil {
		t.Fatal(err)
	}
	return output
}

func versionOf(t *testing.T, db *database, dir string) string {
	t.Helper()
	files, err := open(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := status(t.Context(), db, files, &out, &bytes.Buffer{}); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(out.String())
}

var two = map[string]string{first: "CREATE TABLE a (n int);", second: "CREATE TABLE b (n int);"}

func TestAnEmptyDatabaseComesUpAndASecondRunHasNothingToDo(t *testing.T) {
	db, dir := newDatabase(t), "../migrations"
	if got := versionOf(t, db, dir); got != "none" {
		t.Errorf("an empty database is at %s", got)
	}
	mustApply(t, db, dir)
	if output := mustApply(t, db, dir); !strings.Contains(output, "nothing to do") {
		t.Errorf("the output of the second run is %q", output)
	}
	files, _ := open(dir)
	if got := versionOf(t, db, dir); got != files.newest() {
		t.Errorf("at %s, want %s", got, files.newest())
	}
}

func TestTheLastRenewalMovesIntoTheHistory(t *testing.T) {
	db, dir := newDatabase(t), t.TempDir()
	const move = "20260209090000_move_last_renewals.sql"
	files, err := open("../migrations")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files.list {
		if file.Name() < move {
			write(t, dir, map[string]string{file.Name(): string(file.Bytes())})
		}
	}
	writeSum(dir)
	mustApply(t, db, dir)
	mustExec(t, db, `INSERT INTO contracts (title, supplier, renews_on, term_months, last_renewed_from, last_renewed_at)
		VALUES ('moved', 's', '2026-05-01', 12, '2025-05-01', now()), ('never renewed', 's', '2026-05-01', 12, NULL, NULL)`)
	mustApply(t, db, "../migrations")
	if n := count(t, db, `SELECT count(*) FROM renewals r JOIN contracts c ON c.id = r.contract_id
		WHERE c.title = 'moved' AND renewed_from = '2025-05-01' AND renewed_to = '2026-05-01'`); n != 1 {
		t.Errorf("%d renewals were moved, want 1", n)
	}
	if n := count(t, db, `SELECT count(*) FROM renewals`); n != 1 {
		t.Errorf("%d renewals in all, want 1", n)
	}
}

func TestTheSeedFillsAnEmptyTableOnce(t *testing.T) {
	db := newDatabase(t)
	mustApply(t, db, "../migrations")
	for range 2 {
		if err := seed(t.Context(), db, "../seed/development.sql", &bytes.Buffer{}); err != nil {
			t.Fatal(err)
		}
	}
	if n := count(t, db, "SELECT count(*) FROM contracts"); n != 5 {
		t.Errorf("%d contracts, want 5", n)
	}
}

func TestAFailingFileLeavesNothingAndACorrectedOneGoesOn(t *testing.T) {
	db := newDatabase(t)
	dir := folder(t, map[string]string{first: two[first], second: "CREATE TABLE b (n int);\n\nSELECT 1/0;"})
	_, err := applyDir(t, db, dir)
	wantError(t, err, second, "line 3", "division by zero", "rolled back")
	if strings.Contains(err.Error(), "aborted") {
		t.Errorf("the cause is buried: %v", err)
	}
	if got := versionOf(t, db, dir); got != "20260101000000" {
		t.Errorf("at %s, want the file before the failed one", got)
	}
	if n := count(t, db, "SELECT count(to_regclass('b'))"); n != 0 {
		t.Error("table b of the failed file is there")
	}
	mustApply(t, db, folder(t, two))
}

func TestAFileWithoutTransactionContinuesWhereItFailed(t *testing.T) {
	db := newDatabase(t)
	const head = "-- atlas:txmode none\n\nCREATE TABLE b (n int);\nCREATE INDEX CONCURRENTLY b_n ON b (n);\n"
	_, err := applyDir(t, db, folder(t, map[string]string{first: two[first], second: head + "SELECT 1/0;"}))
	wantError(t, err, second, "line 5", "earlier statements stay applied")
	dir := folder(t, map[string]string{first: two[first], second: head + "SELECT 1;\nSELECT 2;"})
	mustApply(t, db, dir)
	if output := mustApply(t, db, dir); !strings.Contains(output, "nothing to do") {
		t.Errorf("the corrected file is not complete: %q", output)
	}
}

func TestADatabaseIsRefusedWhen(t *testing.T) {
	for reason, c := range map[string]struct {
		files map[string]string
		want  []string
	}{
		"an applied file was edited and hashed again": {
			map[string]string{first: "CREATE TABLE a (n bigint);", second: two[second]},
			[]string{first, "edited after it was applied", "new migration"},
		},
		"a file comes before one that is applied": {
			map[string]string{first: two[first], second: two[second], "20260115000000_late.sql": "SELECT 1;"},
			[]string{"20260115000000_late.sql", "newer version"},
		},
		"an applied file is gone": {
			map[string]string{second: two[second]},
			[]string{"20260101000000_first", "not here", "bring it back"},
		},
	} {
		t.Run(reason, func(t *testing.T) {
			db := newDatabase(t)
			mustApply(t, db, folder(t, two))
			_, err := applyDir(t, db, folder(t, c.files))
			wantError(t, err, c.want...)
		})
	}
}

func TestAnOlderImageHasNothingToDo(t *testing.T) {
	db := newDatabase(t)
	mustApply(t, db, folder(t, two))
	if output := mustApply(t, db, folder(t, map[string]string{first: two[first]})); !strings.Contains(output, "nothing to do") {
		t.Errorf("the output is %q", output)
	}
}

func TestADatabaseOfSomebodyElseIsLeftAlone(t *testing.T) {
	db := newDatabase(t)
	mustExec(t, db, "CREATE TABLE theirs (n int)")
	_, err := applyDir(t, db, folder(t, two))
	wantError(t, err, "is not empty", "theirs")
	if n := count(t, db, "SELECT count(to_regclass('"+revisionTable+"'))"); n != 0 {
		t.Error("the table of revisions was created in it")
	}
}

func TestAHeldLockIsRefusedWithItsHolder(t *testing.T) {
	lockPatience = 50 * time.Millisecond
	t.Cleanup(func() { lockPatience = 15 * time.Second })
	db := newDatabase(t)
	unlock, err := lock(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	_, err = applyDir(t, db, folder(t, two))
	wantError(t, err, "migrate on "+hostname(), "process", "wait for it")
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
	mustApply(t, db, folder(t, two))
}

func TestOfTwoAtOnceOneAppliesAndOneHasNothingToDo(t *testing.T) {
	db, dir := newDatabase(t), folder(t, two)
	outputs := make(chan string)
	for range 2 {
		go func() {
			out, err := applyDir(t, db, dir)
			outputs <- fmt.Sprint(out, err)
		}()
	}
	both := <-outputs + <-outputs
	if strings.Count(both, "applied "+filepath.Base(first)) != 1 || strings.Count(both, "nothing to do") != 1 {
		t.Errorf("the two outputs are %q", both)
	}
}

func TestAMigrationGivesUpOnALockedTableBeforeItBlocksTheApp(t *testing.T) {
	db := newDatabase(t)
	mustApply(t, db, folder(t, map[string]string{first: two[first]}))
	reader, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Rollback()
	if _, err := reader.Exec("SELECT * FROM a"); err != nil {
		t.Fatal(err)
	}
	_, err = applyDir(t, db, folder(t, map[string]string{first: two[first], second: "ALTER TABLE a ADD b int;"}))
	wantError(t, err, "lock timeout")
}

func TestAWrongPasswordIsNotWaitedFor(t *testing.T) {
	newDatabase(t) // skips without a server
	u, _ := url.Parse(os.Getenv("DATABASE_URL_TEST"))
	u.User = url.UserPassword("nobody", "hunter2")
	config, err := address(env(map[string]string{"DATABASE_URL": u.String()}))
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	_, err = connect(t.Context(), config, &log)
	wantError(t, err, "nobody")
	if strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the password is in %q", err)
	}
	if log.Len() > 0 {
		t.Errorf("connect waited: %q", &log)
	}
}
