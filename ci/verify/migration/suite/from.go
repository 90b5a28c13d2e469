package suite

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/renewa/pipeline/ci/verify/migration"
)

// newest is how many versions the migrator starts from when the trial names none.
const newest = 20

// upFromVersions runs the migrator on databases of earlier versions, which another environment may have.
func (s *suite) upFromVersions(ctx context.Context) (string, error) {
	starts, err := s.starts()
	if err != nil {
		return "", err
	}
	if !s.up || s.good < len(s.folder.Files) {
		return "", noDatabase
	}
	var versions []string
	for _, n := range starts {
		if err := s.upFrom(ctx, n); err != nil {
			return "", err
		}
		versions = append(versions, s.folder.Files[n-1].Version())
	}
	if len(versions) == 0 {
		return "there is only one version", nil
	}
	return "from " + strings.Join(versions, ", "), nil
}

// starts lists how many files are applied to each database from which the migrator goes on.
func (s *suite) starts() ([]int, error) {
	versions := s.folder.Versions()
	if s.From == "" {
		var all []int
		for n := max(1, len(versions)-newest); n < len(versions); n++ {
			all = append(all, n)
		}
		return all, nil
	}
	at := slices.Index(versions, s.From)
	if at < 0 {
		return nil, fmt.Errorf("there is no migration of version %q; the versions are %s", s.From, strings.Join(versions, ", "))
	}
	return []int{at + 1}, nil
}

func (s *suite) upFrom(ctx context.Context, n int) error {
	const name = "from"
	if err := s.server.Create(ctx, name, state(n)); err != nil {
		return err
	}
	version := s.folder.Files[n-1].Version()
	output, ok, err := s.migrator.run(ctx, s.server.Address(name))
	if err != nil {
		return err
	}
	if !ok {
		s.add(s.aboutMigrator("from", migration.DoesNotApply, fmt.Sprintf("From version %s, the migrator does not reach the newest:\n%s", version, lastLines(output))))
		return s.server.Drop(ctx, name)
	}
	err = s.server.With(name, func(db *sql.DB) error {
		differences, err := s.differences(ctx, db, len(s.folder.Files))
		for _, d := range differences {
			s.add(s.aboutMigrator("from", migration.Drifted, fmt.Sprintf("From version %s: %s", version, d)))
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.server.Drop(ctx, name)
}
