package suite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/renewa/pipeline/ci/verify/migration"
	"github.com/renewa/pipeline/ci/verify/migration/atlas"
)

// upDatabase is the database that the migrator brought up from empty.
const upDatabase = "up"

const notIntact skip = "the files are not those that atlas.sum lists, so the migrator refuses them"

// upFromEmpty runs the migrator on an empty database, then finds the file that does not apply.
func (s *suite) upFromEmpty(ctx context.Context) (string, error) {
	if !s.intact {
		return "", errors.Join(s.applyEach(ctx), notIntact)
	}
	if err := s.server.Create(ctx, upDatabase, ""); err != nil {
		return "", err
	}
	output, ok, err := s.migrator.run(ctx, s.server.Address(upDatabase))
	if err != nil {
		return "", err
	}
	if err := s.findRevisions(ctx); err != nil {
		return "", err
	}
	before := len(s.report.Findings)
	if err := s.applyEach(ctx); err != nil {
		return "", err
	}
	if !ok && len(s.report.Findings) == before { // otherwise applyEach found the cause
		s.add(s.aboutMigrator("up", migration.DoesNotApply, "The migrator does not bring up an empty database:\n"+lastLines(output)))
	}
	s.up = ok
	return fmt.Sprintf("%s, by %s", count(len(s.folder.Files), "file"), s.migrator), nil
}

// findRevisions finds the schema in which the migrator keeps its table of revisions.
func (s *suite) findRevisions(ctx context.Context) error {
	return s.server.With(upDatabase, func(db *sql.DB) error {
		schema, err := atlas.RevisionSchema(ctx, db)
		if err == nil && schema != "" {
			s.schema = schema
		}
		return err
	})
}

// aboutMigrator is a finding about the migrator, not about one of the files.
func (s *suite) aboutMigrator(check, rule, what string) migration.Finding {
	return migration.Finding{Check: check, File: s.Shown, Rules: []string{rule}, What: what}
}
