package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/aquasecurity/trivy-db/pkg/db"
	"github.com/aquasecurity/trivy-db/pkg/vulndb"
	clock "k8s.io/utils/clock/testing"
)

// A sample is a folder with a few advisories.
type sample struct {
	folder string
	npm    []json.RawMessage // the text of GitHub's advisories
	debian int
	newest time.Time // the last change of a GitHub advisory; the date of the database, whenever it is built
}

// String is the title of the sample.
func (s sample) String() string {
	return fmt.Sprintf("sample: %d advisories", len(s.npm)+s.debian)
}

func read(folder string) (sample, error) {
	s := sample{folder: folder}
	err := walk(filepath.Join(folder, "ghsa"), func(text []byte) error {
		var advisory struct{ Modified time.Time }
		if err := json.Unmarshal(text, &advisory); err != nil {
			return err
		}
		s.npm = append(s.npm, text)
		if advisory.Modified.After(s.newest) {
			s.newest = advisory.Modified
		}
		return nil
	})
	if err != nil {
		return s, err
	}
	return s, walk(filepath.Join(folder, "vuln-list-debian", "tracker", "CVE"), func([]byte) error {
		s.debian++
		return nil
	})
}

func walk(folder string, each func([]byte) error) error {
	return filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if err := each(text); err != nil {
			return fmt.Errorf("read the advisory %s: %w", path, err)
		}
		return nil
	})
}

// build makes the database with Trivy's own builder, which needs some folders even when they are empty.
func (s sample) build(place, database string) error {
	cache := filepath.Join(place, "sources")
	if err := os.CopyFS(cache, os.DirFS(s.folder)); err != nil {
		return err
	}
	for _, empty := range []string{"vuln-list-debian/tracker/DSA", "vuln-list-debian/tracker/DLA", "cocoapods-specs/Specs"} {
		if err := os.MkdirAll(filepath.Join(cache, empty), 0o755); err != nil {
			return err
		}
	}
	if err := db.Init(database); err != nil {
		return err
	}
	builder := vulndb.New(cache, database, forever, vulndb.WithClock(clock.NewFakeClock(s.newest)))
	if err := builder.Build([]string{"ghsa", "debian", "nvd"}); err != nil {
		return err
	}
	return db.Close()
}

// answer writes the file from which the shelf answers npm's audit. The file gets its name when it is complete.
func (s sample) answer(file, registry string) error {
	if file == "" {
		return nil
	}
	text, err := json.Marshal(map[string]any{"registry": registry, "advisories": s.npm})
	if err != nil {
		return fmt.Errorf("write npm's advisories: %w", err)
	}
	if err := os.WriteFile(file+".new", text, 0o644); err != nil {
		return fmt.Errorf("write npm's advisories: %w", err)
	}
	return os.Rename(file+".new", file)
}
