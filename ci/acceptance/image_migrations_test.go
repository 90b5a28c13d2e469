//go:build acceptance

package acceptance

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// migrate runs a command of the migrator in the image, as a release command does.
func migrate(t testing.TB, network, url string, args ...string) (output string, status int) {
	t.Helper()
	run := []string{"--network", network, "-e", "DATABASE_URL_MIGRATION=" + url, "-e", "DATABASE_URL=unused"}
	output, status = runOnce(t, append(run, args...)...)
	if strings.Contains(output, "do-not-tell") {
		t.Errorf("the password is in %q", output)
	}
	return output, status
}

func TestMigrationsBringAnEmptyDatabaseUpAndThenHaveNothingToDo(t *testing.T) {
	t.Parallel()
	network, url := startPostgres(t)
	image := builtImage(t)
	if output, status := migrate(t, network, url, image, "/app/migrate", "apply"); status != 0 || !strings.Contains(output, "applied ") {
		t.Fatalf("apply: exit status %d, %s", status, output)
	}
	if output, status := migrate(t, network, url, image, "/app/migrate", "apply"); status != 0 || !strings.Contains(output, "nothing to do") {
		t.Errorf("apply again: exit status %d, %s", status, output)
	}
	if output, _ := migrate(t, network, url, image, "/app/migrate", "status"); output != newestMigration(t) {
		t.Errorf("status says %q, want %s", output, newestMigration(t))
	}
}

func TestAnAppliedMigrationThatWasEditedAndHashedAgainIsRefused(t *testing.T) {
	t.Parallel()
	network, url := startPostgres(t)
	image := builtImage(t)
	if output, status := migrate(t, network, url, image, "/app/migrate", "apply"); status != 0 {
		t.Fatal(output)
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
	output, status := migrate(t, network, url, append(mount, "apply")...)
	if status != 1 || !strings.Contains(output, "since atlas.sum was written") {
		t.Errorf("edited: exit status %d, %s", status, output)
	}
	if output, status := migrate(t, network, url, append(mount, "hash")...); status != 0 {
		t.Fatal(output)
	}
	output, status = migrate(t, network, url, append(mount, "apply")...)
	if status != 1 || !strings.Contains(output, filepath.Base(names[0])+" was edited after it was applied") {
		t.Errorf("edited and hashed: exit status %d, %s", status, output)
	}
}

func TestTheAppIsReadyOnceItsDatabaseIsMigrated(t *testing.T) {
	t.Parallel()
	network, url := startPostgres(t)
	args := []string{"--network", network, "-p", "127.0.0.1::8080", "-e", "DATABASE_URL=" + url}
	app := startApp(t, args...)
	app.waitHealthy()
	// The first command also waits until the database is up.
	if output, status := migrate(t, network, url, builtImage(t), "/app/migrate", "status"); output == "" || status != 0 {
		t.Fatalf("status: %d %s", status, output)
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

func newestMigration(t testing.TB) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(repository, "renewa-one/migrations/*.sql"))
	if err != nil || len(names) == 0 {
		t.Fatal("renewa-one has no migrations")
	}
	version, _, _ := strings.Cut(filepath.Base(names[len(names)-1]), "_")
	return version
}
