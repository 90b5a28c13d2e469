package folder

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"ariga.io/atlas/sql/migrate"

	"github.com/renewa/pipeline/ci/verify/migration"
)

// Integrity compares the files with the atlas.sum beside them, and their versions with each other.
func (f *Folder) Integrity() ([]migration.Finding, error) {
	there, err := f.checksum()
	if err != nil {
		return nil, err
	}
	listed, err := f.listed(there)
	if err != nil {
		return nil, err
	}
	return append(listed, f.sameVersions()...), nil
}

// SinceRelease compares the files with the atlas.sum in a folder of the release, and counts the files that it lists.
func (f *Folder) SinceRelease(dir string) (found []migration.Finding, released int, err error) {
	text, err := os.ReadFile(filepath.Join(dir, migrate.HashFileName))
	if err != nil {
		return nil, 0, fmt.Errorf("the atlas.sum of the release cannot be read: %w", err)
	}
	was, err := migration.Sums(string(text))
	if err != nil {
		return nil, 0, fmt.Errorf("the atlas.sum of the release cannot be read: %w", err)
	}
	there, err := f.checksum()
	if err != nil {
		return nil, 0, err
	}
	return migration.Since(f.Shown, migration.List{Name: "the release", Sums: was}, sums(there)), len(was), nil
}

// SinceApplied compares the files with the revisions of a database.
func (f *Folder) SinceApplied(revisions []*migrate.Revision) ([]migration.Finding, error) {
	there, err := f.checksum()
	if err != nil {
		return nil, err
	}
	was := migration.List{Name: "the database"}
	for _, r := range revisions {
		name := r.Version + "_" + r.Description + ".sql"
		if i := slices.Index(f.Versions(), r.Version); i >= 0 {
			name = f.Files[i].Name()
		}
		hash := strings.TrimPrefix(r.Hash, "h1:")
		if hash == "" { // the revision of a baseline has no hash
			hash, _ = there.SumByName(name)
		}
		was.Sums = append(was.Sums, migration.Sum{Name: name, Hash: hash})
	}
	return migration.Since(f.Shown, was, sums(there)), nil
}

func (f *Folder) checksum() (migrate.HashFile, error) {
	there, err := f.Dir.Checksum()
	if err != nil {
		return nil, fmt.Errorf("the migrations cannot be hashed: %w", err)
	}
	return there, nil
}

// listed compares the files with the atlas.sum beside them.
func (f *Folder) listed(there migrate.HashFile) ([]migration.Finding, error) {
	about := func(rule, what string) []migration.Finding {
		return []migration.Finding{{Check: "integrity", File: path.Join(f.Shown, migrate.HashFileName), Rules: []string{rule}, What: what}}
	}
	text, err := os.ReadFile(filepath.Join(f.Dir.Path(), migrate.HashFileName))
	if errors.Is(err, fs.ErrNotExist) {
		return about(migration.SumMissing, "There is no atlas.sum"), nil
	} else if err != nil {
		return nil, err
	}
	list, err := migration.Sums(string(text))
	if err != nil {
		return about(migration.SumBroken, "atlas.sum cannot be read: "+err.Error()), nil
	}
	differing := migration.Compare(f.Shown, migration.List{Name: migrate.HashFileName, Sums: list}, sums(there))
	total, _, _ := strings.Cut(string(text), "\n")
	if len(differing) == 0 && strings.TrimPrefix(total, "h1:") != there.Sum() {
		return about(migration.SumBroken, "The first line of atlas.sum is not the hash of the others"), nil
	}
	return differing, nil
}

// sameVersions finds files that share one version.
func (f *Folder) sameVersions() []migration.Finding {
	var found []migration.Finding
	for i, file := range f.Files[1:] {
		if earlier := f.Files[i]; file.Version() == earlier.Version() {
			found = append(found, migration.Finding{
				Check: "integrity", File: f.Place(file), Rules: []string{migration.VersionTwice},
				What: fmt.Sprintf("%s has the version of %s", file.Name(), earlier.Name()),
			})
		}
	}
	return found
}

func sums(h migrate.HashFile) []migration.Sum {
	list := make([]migration.Sum, len(h))
	for i, s := range h {
		list[i] = migration.Sum{Name: s.N, Hash: s.H}
	}
	return list
}
