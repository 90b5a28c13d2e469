package suite

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"

	"ariga.io/atlas/sql/migrate"

	"github.com/renewa/pipeline/ci/verify/migration"
	"github.com/renewa/pipeline/ci/verify/migration/atlas"
)

// drift compares a database with the files: the database that the migrator brought up, or the one of the trial.
func (s *suite) drift(ctx context.Context) (string, error) {
	if s.Database != "" {
		return s.driftOf(ctx, strings.TrimSpace(os.Getenv(s.Database))) // a file ends with a newline
	}
	if !s.up || s.good < len(s.folder.Files) {
		return "", noDatabase
	}
	return "the migrator's database has the schema of the files", s.server.With(upDatabase, func(db *sql.DB) error {
		return s.addDrift(ctx, db, len(s.folder.Files))
	})
}

// driftOf compares the database at an address with the files up to the version of that database.
func (s *suite) driftOf(ctx context.Context, address string) (string, error) {
	db, err := sql.Open("pgx", address)
	if err == nil {
		defer db.Close()
		err = db.PingContext(ctx)
	}
	if err != nil {
		return "", &unreachableError{address, err}
	}
	revisions, err := s.readRevisions(ctx, db)
	if err != nil {
		return "", err
	}
	if err := s.applyEach(ctx); err != nil {
		return "", err
	}
	if len(revisions) == 0 {
		return "no migration was applied to the database", s.addDrift(ctx, db, 0)
	}
	found, err := s.folder.SinceApplied(revisions)
	if err != nil {
		return "", err
	}
	s.add(found...)
	version := revisions[len(revisions)-1].Version
	at := slices.Index(s.folder.Versions(), version)
	if at < 0 || at+1 > s.good {
		return "", fmt.Errorf("the database is at version %s, and the migration files do not reach it: the file is missing, or one before it fails", version)
	}
	return "the database is at version " + version, s.addDrift(ctx, db, at+1)
}

// throughHost is the name in an address for the port that --through names.
const throughHost = "through"

// unreachableError is a database at --database that does not answer.
type unreachableError struct {
	address string // it has a password
	cause   error
}

func (e *unreachableError) Unwrap() error { return e.cause }

func (e *unreachableError) Error() string {
	advice := "Check host, port, user and password. A database that only this machine reaches needs --through tcp://127.0.0.1:PORT, and the host " + throughHost + " in its address"
	u, err := url.Parse(e.address)
	switch {
	case err != nil || u.Hostname() == "":
		return "the address given by --database is not postgres://user:password@host:5432/name"
	case u.Hostname() == throughHost:
		advice = "Check that a Postgres or a tunnel listens on the port of this machine that --through names, and check user and password"
	}
	return fmt.Sprintf("the database given by --database does not answer: %v\n%s", e.cause, advice)
}

// readRevisions reads the revisions of a database and remembers their schema.
func (s *suite) readRevisions(ctx context.Context, db *sql.DB) ([]*migrate.Revision, error) {
	schema, err := atlas.RevisionSchema(ctx, db)
	if err != nil {
		return nil, fmt.Errorf("the database given by --database cannot be searched for the table %s: %w", atlas.RevisionTable, err)
	}
	if schema == "" {
		return nil, fmt.Errorf("the database given by --database has no table %s: no migration was applied to it", atlas.RevisionTable)
	}
	s.schema = schema
	revisions, err := atlas.Revisions{ExecQuerier: db, Schema: schema}.ReadRevisions(ctx)
	if err != nil {
		return nil, fmt.Errorf("the revisions of the database given by --database cannot be read: %w", err)
	}
	return revisions, nil
}

// addDrift adds a finding for each difference between a database and the first n files.
func (s *suite) addDrift(ctx context.Context, db *sql.DB, n int) error {
	differences, err := s.differences(ctx, db, n)
	for _, d := range differences {
		s.add(migration.Finding{Check: "drift", File: s.Shown, Rules: []string{migration.Drifted}, What: d})
	}
	return err
}

// differences describes each object of a database that differs from the schema of the first n files.
func (s *suite) differences(ctx context.Context, db *sql.DB, n int) (differences []string, err error) {
	err = s.server.With(state(n), func(made *sql.DB) error {
		differences, err = atlas.Differences(ctx, made, db)
		return err
	})
	return differences, err
}
