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

	"github.com/renewa/pipeline/ci/migration"
)

// integrity compares the folder with its atlas.sum.
func (t *trial) integrity(context.Context) (string, error) {
	before := len(t.report.Findings)
	text, err := os.ReadFile(filepath.Join(t.dir, migrate.HashFileName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	there, serr := t.folder.dir.Checksum()
	if serr != nil {
		return "", fmt.Errorf("hash the migrations: %w", serr)
	}
	listed, perr := migration.Sums(string(text))
	sum := migration.Finding{Check: "integrity", File: path.Join(t.shown, migrate.HashFileName)}
	switch {
	case err != nil:
		sum.Rules, sum.What = []string{migration.SumMissing}, "There is no atlas.sum"
		t.found(sum)
	case perr != nil:
		sum.Rules, sum.What = []string{migration.SumBroken}, "It cannot be read: "+perr.Error()
		t.found(sum)
	default:
		t.found(migration.Compare(t.shown, listed, sums(there))...)
		total, _, _ := strings.Cut(string(text), "\n")
		if same := len(t.report.Findings) == before; same && strings.TrimPrefix(total, "h1:") != there.Sum() {
			sum.Rules, sum.What = []string{migration.SumBroken}, "Its first line is not the hash of the others"
			t.found(sum)
		}
	}
	t.versions()
	t.whole = len(t.report.Findings) == before
	return fmt.Sprintf("%d files", len(t.folder.list)), nil
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
