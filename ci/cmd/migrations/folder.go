package main

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

// folder is the migrations as they lie there, listed in atlas.sum or not.
type folder struct {
	dir   *migrate.LocalDir
	shown string
	list  []migrate.File
}

func open(o options) (*folder, error) {
	dir, err := migrate.NewLocalDir(o.dir)
	if err != nil {
		return nil, fmt.Errorf("open the migrations: %w", err)
	}
	list, err := dir.Files()
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s has no migrations", o.shown)
	}
	return &folder{dir, o.shown, list}, nil
}

func (f *folder) newest() string { return f.list[len(f.list)-1].Version() }

// place is what findings call a file.
func (f *folder) place(file migrate.File) string { return path.Join(f.shown, file.Name()) }

// line is where a statement begins.
func line(file migrate.File, s *migrate.Stmt) int {
	return 1 + strings.Count(string(file.Bytes())[:min(s.Pos, len(file.Bytes()))], "\n")
}

func inNoTransaction(file migrate.File) bool {
	local, ok := file.(*migrate.LocalFile)
	return ok && slices.Contains(local.Directive("txmode"), "none")
}

// beside reads a file that lies in testdata for a migration: nil when there is none.
func (f *folder) beside(file migrate.File, name string) (*migrate.LocalFile, error) {
	below := path.Join("testdata", file.Version(), name)
	text, err := os.ReadFile(filepath.Join(f.dir.Path(), below))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	return migrate.NewLocalFile(below, text), nil
}

// waivers are the files as their waivers are read. Of those that were applied everywhere, and of those that do not
// apply, no linter spoke.
func (f *folder) waivers(applied string, good int) []migration.File {
	files := make([]migration.File, len(f.list))
	for i, file := range f.list {
		files[i] = migration.File{
			Name: f.place(file), Text: string(file.Bytes()), NoTransaction: inNoTransaction(file),
			Linted: file.Version() > applied && i < good,
		}
		statements, _ := file.StmtDecls() // one that cannot be cut does not apply either
		for _, s := range statements {
			files[i].Cut(s.Pos, s.Text)
		}
	}
	return files
}
