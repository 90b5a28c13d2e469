package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const first, second = "20260101000000_first.sql", "20260201000000_second.sql"

// folder writes migrations and their atlas.sum.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, files)
	if err := writeSum(dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", parts)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not say %q", err, part)
		}
	}
}

func TestTheAppsOwnMigrationsAreWhatAtlasSumLists(t *testing.T) {
	files, err := open("../migrations")
	if err != nil {
		t.Fatal(err)
	}
	if len(files.list) < 3 {
		t.Errorf("only %d migrations", len(files.list))
	}
}

func TestNoMigrationNamesARole(t *testing.T) {
	files, err := open("../migrations")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files.list {
		for _, word := range []string{"GRANT ", "REVOKE ", "OWNER TO", " ROLE "} {
			if strings.Contains(strings.ToUpper(string(file.Bytes())), word) {
				t.Errorf("%s says %q: who may do what is decided where the database is set up", file.Name(), word)
			}
		}
	}
}

func TestAFolderIsRefusedWhen(t *testing.T) {
	for reason, c := range map[string]struct {
		spoil func(dir string)
		want  []string
	}{
		"a file was edited": {
			func(dir string) { write(t, dir, map[string]string{first: "SELECT 2;"}) },
			[]string{first, "edited", "migrate hash"},
		},
		"a file was added in front": {
			func(dir string) { write(t, dir, map[string]string{"20250101000000_new.sql": "SELECT 2;"}) },
			[]string{"20250101000000_new.sql", "added"},
		},
		"a file was added at the end": {
			func(dir string) { write(t, dir, map[string]string{"20270101000000_new.sql": "SELECT 2;"}) },
			[]string{"added", "migrate hash"},
		},
		"a file is gone": {
			func(dir string) { os.Remove(filepath.Join(dir, first)) },
			[]string{first, "removed"},
		},
		"atlas.sum is missing": {
			func(dir string) { os.Remove(filepath.Join(dir, "atlas.sum")) },
			[]string{"atlas.sum is missing"},
		},
		"two files have one version": {
			func(dir string) {
				write(t, dir, map[string]string{"20260101000000_again.sql": "SELECT 2;"})
				writeSum(dir)
			},
			[]string{first, "20260101000000_again.sql", "same version"},
		},
	} {
		t.Run(reason, func(t *testing.T) {
			dir := folder(t, map[string]string{first: "SELECT 1;", second: "SELECT 1;"})
			c.spoil(dir)
			_, err := open(dir)
			wantError(t, err, c.want...)
		})
	}
}
