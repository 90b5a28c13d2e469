//go:build acceptance

package acceptance

import "io/fs"

// filtered is a folder without node_modules and dist.
type filtered struct{ fs.FS }

var _ fs.ReadDirFS = filtered{}

func (f filtered) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(f.FS, name)
	var kept []fs.DirEntry
	for _, entry := range entries {
		if entry.Name() != "node_modules" && entry.Name() != "dist" {
			kept = append(kept, entry)
		}
	}
	return kept, err
}
