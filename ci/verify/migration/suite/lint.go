package suite

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/renewa/pipeline/ci/verify/migration"
)

// lint runs Atlas's analyzers on every file and merges their findings with squawk's.
func (s *suite) lint(ctx context.Context) (string, error) {
	if err := s.applyEach(ctx); err != nil {
		return "", err
	}
	files := s.waivable()
	var found []migration.Finding
	linted := 0
	for i, file := range s.folder.Files {
		if !files[i].Linted {
			continue
		}
		linted++
		err := s.server.WithCopy(ctx, "lint", state(i), func(db *sql.DB) error {
			list, err := s.linter.Lint(ctx, db, file, files[i].Name)
			found = append(found, list...)
			return err
		})
		if err != nil {
			return "", fmt.Errorf("%s cannot be analyzed: %w", file.Name(), err)
		}
	}
	tools, squawk := "Atlas", []migration.Finding(nil)
	if s.Squawk != "" {
		var err error
		if squawk, err = migration.ReadSquawk(s.Squawk, files); err != nil {
			return "", err
		}
		tools = "Atlas and squawk"
	}
	s.add(migration.Merge(files, found, squawk)...)
	return fmt.Sprintf("%s, by %s", count(linted, "file"), tools), nil
}
