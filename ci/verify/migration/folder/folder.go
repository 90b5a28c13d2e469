// Package folder reads a folder of migrations as Atlas keeps it: numbered files, atlas.sum, and files beside each
// migration in testdata/VERSION.
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

// A Folder holds every migration of a directory, whether atlas.sum lists it or not.
type Folder struct {
	Dir   *migrate.LocalDir
	Shown string // the name of the directory in findings
	Files []migrate.File
}

// Open reads the migrations of a directory. A directory without one is an error.
func Open(dir, shown string) (*Folder, error) {
	local, err := migrate.NewLocalDir(dir)
	if err != nil {
		return nil, fmt.Errorf("the migrations cannot be opened: %w", err)
	}
	files, err := local.Files()
	if err != nil {
		return nil, fmt.Errorf("the migrations cannot be read: %w", err)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s has no migrations", shown)
	}
	return &Folder{local, shown, files}, nil
}

// Newest is the version of the last migration.
func (f *Folder) Newest() string { return f.Files[len(f.Files)-1].Version() }

// Versions lists the version of every migration.
func (f *Folder) Versions() []string {
	versions := make([]string, len(f.Files))
	for i, file := range f.Files {
		versions[i] = file.Version()
	}
	return versions
}

// Place is the name of a file in findings.
func (f *Folder) Place(file interface{ Name() string }) string {
	return path.Join(f.Shown, file.Name())
}

// Beside reads testdata/VERSION/name of a migration. It returns nil when there is no such file.
func (f *Folder) Beside(file migrate.File, name string) (*migrate.LocalFile, error) {
	below := path.Join("testdata", file.Version(), name)
	text, err := os.ReadFile(filepath.Join(f.Dir.Path(), below))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	return migrate.NewLocalFile(below, text), nil
}

// Waivable returns the files for migration.Waive. No linter read the files up to the version applied, and none the files
// after the first good ones, which do not apply.
func (f *Folder) Waivable(applied string, good int) []migration.File {
	files := make([]migration.File, len(f.Files))
	for i, file := range f.Files {
		files[i] = migration.File{
			Name: f.Place(file), Text: string(file.Bytes()), NoTransaction: NoTransaction(file),
			Linted: file.Version() > applied && i < good,
		}
		statements, _ := file.StmtDecls() // a file that cannot be split into statements does not apply either
		for _, s := range statements {
			files[i].Cut(s.Pos, s.Text)
		}
	}
	return files
}

// Line is the line on which a statement of a file begins.
func Line(file migrate.File, s *migrate.Stmt) int {
	text := file.Bytes()
	return 1 + strings.Count(string(text[:min(s.Pos, len(text))]), "\n")
}

// NoTransaction reports whether a file asks to run outside a transaction.
func NoTransaction(file migrate.File) bool {
	local, ok := file.(*migrate.LocalFile)
	return ok && slices.Contains(local.Directive("txmode"), "none")
}
