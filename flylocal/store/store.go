// Package store keeps documents on disk so that a crash loses nothing that was acknowledged.
package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Dir is a folder of JSON documents, readable by their owner alone.
// The zero value keeps nothing, for tests.
type Dir string

// Save writes v as the document name: into a new file, synced, then renamed. After a crash there is the old document
// or the new one, never half of one.
func (d Dir) Save(name string, v any) error {
	if d == "" {
		return nil
	}
	data, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return fmt.Errorf("encode %s: %w", name, err)
	}
	if err := WriteFile(d.path(name), data); err != nil {
		return fmt.Errorf("save %s: %w", name, err)
	}
	return nil
}

// Load reads the document name into v; a missing document leaves v alone and reports false.
func (d Dir) Load(name string, v any) (bool, error) {
	if d == "" {
		return false, nil
	}
	data, err := os.ReadFile(d.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("load %s: %w", name, err)
	}
	if err := json.Unmarshal(data, v); err != nil {
		return false, fmt.Errorf("decode %s: %w; move the file away to start without it", d.path(name), err)
	}
	return true, nil
}

// Delete removes the document name, which may be gone already.
func (d Dir) Delete(name string) error {
	if d == "" {
		return nil
	}
	err := os.Remove(d.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Names lists the documents of a kind: "apps" finds "apps/a" and "apps/b".
func (d Dir) Names(kind string) ([]string, error) {
	if d == "" {
		return nil, nil
	}
	entries, err := os.ReadDir(filepath.Join(string(d), kind))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var names []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".json"); ok {
			names = append(names, kind+"/"+name)
		}
	}
	return names, err
}

func (d Dir) path(name string) string { return filepath.Join(string(d), name+".json") }
