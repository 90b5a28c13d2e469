package draft

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// maxSource is the size in bytes of the largest source that is read for names of variables.
const maxSource = 1 << 20

// A repository has the names of its files, sorted, and reads them.
type repository struct {
	files fs.FS
	names []string
}

// skipped has the folders with files of others, or that a build makes.
var skipped = []string{"node_modules", ".git", "vendor", "dist", ".next", ".venv", "testdata"}

func read(files fs.FS) (repository, error) {
	r := repository{files: files}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains(skipped, d.Name()):
			return fs.SkipDir
		case !d.IsDir():
			r.names = append(r.names, name)
		}
		return nil
	})
	if err != nil {
		return r, fmt.Errorf("list the files of the repository: %w", err)
	}
	return r, nil
}

func (r repository) has(name string) bool {
	_, found := slices.BinarySearch(r.sorted(), name)
	return found
}

func (r repository) sorted() []string {
	if !slices.IsSorted(r.names) {
		slices.Sort(r.names)
	}
	return r.names
}

// read returns a file's text; empty when it cannot be read, because a guess may lack a source.
func (r repository) read(name string) string {
	if info, err := fs.Stat(r.files, name); err != nil || info.Size() > maxSource {
		return ""
	}
	text, err := fs.ReadFile(r.files, name)
	if err != nil {
		return ""
	}
	return string(text)
}

// first returns the first of these names that exists in a folder; empty: none.
func (r repository) first(dir string, names ...string) string {
	for _, name := range names {
		if file := path.Join(dir, name); r.has(file) {
			return file
		}
	}
	return ""
}

// lineOf returns the number of the first line that contains a text; 1 when none does.
func lineOf(whole, part string) int {
	before, _, found := strings.Cut(whole, part)
	if !found {
		return 1
	}
	return 1 + strings.Count(before, "\n")
}

// below returns a path relative to a folder that contains it.
func below(dir, file string) (string, bool) {
	if dir == "." {
		return file, true
	}
	return strings.CutPrefix(file, dir+"/")
}
