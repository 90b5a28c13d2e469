package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"ariga.io/atlas/sql/migrate"

	"github.com/renewa/pipeline/ci/verify/migration"
)

// integrity compares the folder with its atlas.sum, and with the one of what was released.
func (t *trial) integrity(context.Context) (string, error) {
	there, err := t.folder.dir.Checksum()
	if err != nil {
		return "", fmt.Errorf("hash the migrations: %w", err)
	}
	if err := t.listed(there); err != nil {
		return "", err
	}
	t.versions()
	t.whole = len(t.report.Findings) == 0
	says := fmt.Sprintf("%d files", len(t.folder.list))
	if t.released == "" {
		return says, nil
	}
	text, err := os.ReadFile(filepath.Join(t.released, migrate.HashFileName))
	if err != nil {
		return "", fmt.Errorf("read what was released: %w", err)
	}
	was, err := migration.Sums(string(text))
	if err != nil {
		return "", fmt.Errorf("read the atlas.sum of what was released: %w", err)
	}
	t.found(migration.Since(t.shown, migration.List{Name: "the release", Sums: was}, sums(there))...)
	return fmt.Sprintf("%s, %d of them released", says, len(was)), nil
}

// listed compares the folder with its own atlas.sum.
func (t *trial) listed(there migrate.HashFile) error {
	sum := migration.Finding{Check: "integrity", File: path.Join(t.shown, migrate.HashFileName)}
	text, err := os.ReadFile(filepath.Join(t.dir, migrate.HashFileName))
	if errors.Is(err, fs.ErrNotExist) {
		sum.Rules, sum.What = []string{migration.SumMissing}, "There is no atlas.sum"
		t.found(sum)
		return nil
	} else if err != nil {
		return err
	}
	list, err := migration.Sums(string(text))
	if err != nil {
		sum.Rules, sum.What = []string{migration.SumBroken}, "It cannot be read: "+err.Error()
		t.found(sum)
		return nil
	}
	differing := migration.Compare(t.shown, migration.List{Name: migrate.HashFileName, Sums: list}, sums(there))
	total, _, _ := strings.Cut(string(text), "\n")
	if len(differing) == 0 && strings.TrimPrefix(total, "h1:") != there.Sum() {
		sum.Rules, sum.What = []string{migration.SumBroken}, "Its first line is not the hash of the others"
		differing = append(differing, sum)
	}
	t.found(differing...)
	return nil
}

func sums(h migrate.HashFile) []migration.Sum {
	list := make([]migration.Sum, len(h))
	for i, s := range h {
		list[i] = migration.Sum{Name: s.N, Hash: s.H}
	}
	return list
}

// versions finds files that have one version between them.
func (t *trial) versions() {
	for i, file := range t.folder.list[1:] {
		if earlier := t.folder.list[i]; file.Version() == earlier.Version() {
			t.found(migration.Finding{
				Check: "integrity", File: t.folder.place(file), Rules: []string{migration.VersionTwice},
				What: fmt.Sprintf("%s has the version of %s", file.Name(), earlier.Name()),
			})
		}
	}
}
