// Package program lists the files from which a Go program of this repository is built.
package program

import (
	"errors"
	"fmt"
	"go/build"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Sources follows the imports of the package main in a folder of a module, and returns all files of the module from which
// that program is built: go.mod, go.sum, and the Go and embedded files of each package, below the root and without tests.
func Sources(root, main string) ([]string, error) {
	text, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return nil, err
	}
	first, _, _ := strings.Cut(string(text), "\n")
	module, ok := strings.CutPrefix(first, "module ")
	if !ok {
		return nil, errors.New("the first line of go.mod does not name the module")
	}
	files, seen := []string{"go.mod", "go.sum"}, []string{main}
	for i := 0; i < len(seen); i++ {
		p, err := build.ImportDir(filepath.Join(root, seen[i]), 0)
		if err != nil {
			return nil, fmt.Errorf("the package %s cannot be read: %w", seen[i], err)
		}
		names, err := embedded(p)
		if err != nil {
			return nil, err
		}
		for _, name := range append(names, p.GoFiles...) {
			files = append(files, path.Join(seen[i], name))
		}
		for _, imported := range p.Imports {
			if dir, ours := strings.CutPrefix(imported, strings.TrimSpace(module)+"/"); ours && !slices.Contains(seen, dir) {
				seen = append(seen, dir)
			}
		}
	}
	return files, nil
}

// embedded returns the files of a package that its go:embed patterns match.
func embedded(p *build.Package) ([]string, error) {
	var names []string
	for _, pattern := range p.EmbedPatterns {
		matches, err := filepath.Glob(filepath.Join(p.Dir, pattern))
		if err == nil && len(matches) == 0 {
			err = errors.New("no file matches")
		}
		if err != nil {
			return nil, fmt.Errorf("go:embed %s in %s: %w", pattern, p.Dir, err)
		}
		for _, match := range matches {
			name, err := filepath.Rel(p.Dir, match)
			if err != nil {
				return nil, err
			}
			names = append(names, filepath.ToSlash(name))
		}
	}
	return names, nil
}
