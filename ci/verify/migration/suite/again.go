package suite

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"ariga.io/atlas/sql/migrate"

	"github.com/renewa/pipeline/ci/verify/migration"
	"github.com/renewa/pipeline/ci/verify/migration/atlas"
)

// again runs the migrator on a database that has every migration: the run may change nothing, nor report a change.
func (s *suite) again(ctx context.Context) (string, error) {
	if !s.up {
		return "", noDatabase
	}
	before, err := s.revisions(ctx)
	if err != nil {
		return "", err
	}
	output, ok, err := s.migrator.run(ctx, s.server.Address(upDatabase))
	if err != nil {
		return "", err
	}
	after, err := s.revisions(ctx)
	if err != nil {
		return "", err
	}
	what := ""
	switch {
	case !ok:
		what = "The migrator fails on a database that has every migration:\n" + lastLines(output)
	case !slices.Equal(before, after):
		what = "A second run of the migrator changed the table of revisions"
	case s.namesMigration(output):
		what = "A second run of the migrator reports that it applied a migration:\n" + lastLines(output)
	}
	if what != "" {
		s.add(s.aboutMigrator("again", migration.NotIdempotent, what))
	}
	return "a second run changes nothing", nil
}

func (s *suite) namesMigration(output string) bool {
	return slices.ContainsFunc(s.folder.Files, func(f migrate.File) bool { return strings.Contains(output, f.Name()) })
}

// revisions returns the revisions of the database that the migrator brought up, each as text.
func (s *suite) revisions(ctx context.Context) (list []string, err error) {
	err = s.server.With(upDatabase, func(db *sql.DB) error {
		read, err := atlas.Revisions{ExecQuerier: db, Schema: s.schema}.ReadRevisions(ctx)
		for _, r := range read {
			list = append(list, fmt.Sprint(r.Version, r.Hash, r.Applied, r.Total, r.ExecutedAt.UTC()))
		}
		return err
	})
	return list, err
}
