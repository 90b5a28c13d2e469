package registry

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Forget removes a repository and those below it. Open removes their blobs the next time, unless another repository
// has them.
func (r *Registry) Forget(repo string) error {
	if !repositoryName.MatchString(repo) {
		return nil
	}
	return os.RemoveAll(r.path("repositories", filepath.FromSlash(repo)))
}

// sweep removes unfinished uploads, and blobs that no repository has. It runs before the first request, so no upload
// is in progress.
func (r *Registry) sweep() error {
	left, err := filepath.Glob(r.path("uploads", "*"))
	if err != nil {
		return err
	}
	used := map[string]bool{}
	err = filepath.WalkDir(r.path("repositories"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(filepath.Dir(path), filepath.Join("_", "blobs")) {
			used[d.Name()] = true
		}
		return err
	})
	if err != nil {
		return err
	}
	err = filepath.WalkDir(r.path("blobs"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !used[d.Name()] {
			left = append(left, path)
		}
		return err
	})
	for _, path := range left {
		_ = os.Remove(path)
	}
	return err
}
