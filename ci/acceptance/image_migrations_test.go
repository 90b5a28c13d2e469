//go:build acceptance

package acceptance

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// migrate runs one command of the migrator in the image, as a release command would.
func migrate(t *testing.T, network, url string, args ...string) (said string, status int) {
	t.Helper()
	run := []string{"--network", network, "-e", "DATABASE_URL_MIGRATION=" + url, "-e", "DATABASE_URL=unused"}
	said, status = runOnce(t, append(run, args...)...)
	if strings.Contains(said, "do-not-tell") {
		t.Errorf("the password is in %q", said)
	}
	return said, status
}

func TestMigrationsBringAnEmptyDatabaseUpAndThenHaveNothingToDo(t *testing.T) {
	t.Parallel()
	network, url := startPostgres(t)
	image := builtImage(t)
	if said, status := migrate(t, network, url, image, "/app/migrate", "apply"); status != 0 || !strings.Contains(said, "applied ") {
		t.Fatalf("apply: exit status %d, %s", status, said)
	}
	if said, status := migrate(t, network, url, image, "/app/migrate", "apply"); status != 0 || !strings.Contains(said, "nothing to do") {
		t.Errorf("apply again: exit status %d, %s", status, said)
	}
	if said, _ := migrate(t, network, url, image, "/app/migrate", "status"); said != newestMigration(t) {
		t.Errorf("status says %q, want %s", said, newestMigration(t))
	}
}

func TestAnAppliedMigrationThatWasEditedAndHashedAgainIsRefused(t *testing.T) {
	t.Parallel()
	network, url := startPostgres(t)
	image := builtImage(t)
	if said, status := migrate(t, network, url, image, "/app/migrate", "apply"); status != 0 {
		t.Fatal(said)
	}
	edited := t.TempDir()
	if err := os.CopyFS(edited, os.DirFS(filepath.Join(repository, "renewa-one/migrations"))); err != nil {
		t.Fatal(err)
	}
	names, _ := filepath.Glob(filepath.Join(edited, "*.sql"))
	if err := os.WriteFile(names[0], []byte("SELECT 1;\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	mount := []string{"--user", "0", "-v", edited + ":/app/migrations", image, "/app/migrate"}
	said, status := migrate(t, network, url, append(mount, "apply")...)
	if status != 1 || !strings.Contains(said, "since atlas.sum was written") {
		t.Errorf("edited: exit status %d, %s", status, said)
	}
	if said, status := migrate(t, network, url, append(mount, "hash")...); status != 0 {
		t.Fatal(said)
	}
	said, status = migrate(t, network, url, append(mount, "apply")...)
	if status != 1 || !strings.Contains(said, filepath.Base(names[0])+" was edited after it was applied") {
		t.Errorf("edited and hashed: exit status %d, %s", status, said)
	}
}

func TestTheAppIsReadyOnceItsDatabaseIsMigrated(t *testing.T) {
	t.Parallel()
	network, url := startPostgres(t)
	args := []string{"--network", network, "-p", "127.0.0.1::8080", "-e", "DATABASE_URL=" + url}
	app := startApp(t, args...)
	app.waitHealthy()
	// The first command also waits until the database is up.
	if said, status := migrate(t, network, url, builtImage(t), "/app/migrate", "status"); said == "" || status != 0 {
		t.Fatalf("status: %d %s", status, said)
	}
	if status, body := app.get("/readyz"); status != 503 || !strings.Contains(body, "has no migrations") {
		t.Errorf("before: /readyz answers %d %s", status, body)
	}
	migrating := startApp(t, append(args, "-e", "RUN_MIGRATIONS=1", "-e", "SEED=1", "-e", "APP_REVISION=c0ffee")...)
	migrating.waitHealthy()
	for _, app := range []container{app, migrating} {
		if status, body := app.get("/readyz"); status != 200 {
			t.Errorf("after: /readyz answers %d %s", status, body)
		}
		if status, body := app.get("/api/contracts"); status != 200 || !strings.Contains(body, "Office lease") {
			t.Errorf("the list answers %d %s", status, body)
		}
	}
	want := `{"commit":"c0ffee","image":"unknown","migration":"` + newestMigration(t) + `"}`
	if _, body := migrating.get("/version"); body != want {
		t.Errorf("/version is %s, want %s", body, want)
	}
}

func newestMigration(t *testing.T) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(repository, "renewa-one/migrations/*.sql"))
	if err != nil || len(names) == 0 {
		t.Fatal("renewa-one has no migrations")
	}
	version, _, _ := strings.Cut(filepath.Base(names[len(names)-1]), "_")
	return version
}
