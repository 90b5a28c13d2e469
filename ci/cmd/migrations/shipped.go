package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"

	"ariga.io/atlas/sql/migrate"

	"github.com/renewa/pipeline/ci/migration"
)

// upDatabase is the one that the migrator that ships brought up from nothing.
const upDatabase = "up"

// shipped runs the migrator on a database. ok says whether it ended well.
func (t *trial) shipped(ctx context.Context, database string) (said string, ok bool, err error) {
	c := exec.CommandContext(ctx, t.migrate[0], t.migrate[1:]...)
	c.Env = append(os.Environ(), t.variable+"="+t.server.in(database))
	out, err := c.CombinedOutput()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		return "", false, fmt.Errorf("run the migrator %s: %w", t.migrate[0], err)
	}
	return strings.TrimSpace(string(out)), err == nil, ctx.Err()
}

const notWhole = "the files are not those that atlas.sum lists, and the migrator refuses them"

// upFromEmpty has the migrator that ships bring up an empty database, then tells which file would not apply.
func (t *trial) upFromEmpty(ctx context.Context) (string, error) {
	if !t.whole {
		return "", errors.Join(t.states(ctx), skipped(notWhole))
	}
	if err := t.server.create(ctx, upDatabase, ""); err != nil {
		return "", err
	}
	said, ok, err := t.shipped(ctx, upDatabase)
	if err != nil {
		return "", err
	}
	if err := t.look(ctx); err != nil {
		return "", err
	}
	before := len(t.report.Findings)
	if err := t.states(ctx); err != nil {
		return "", err
	}
	if !ok && len(t.report.Findings) == before { // else the file at fault is known
		t.found(t.about("up", "The migrator does not bring up an empty database:\n"+last(said)))
	}
	t.up = ok
	return fmt.Sprintf("%d files, by %s", len(t.folder.list), strings.Join(t.migrate, " ")), nil
}

// look finds out where the migrator keeps its revisions.
func (t *trial) look(ctx context.Context) error {
	return t.server.with(ctx, upDatabase, func(db *sql.DB) error {
		in, err := revisionsIn(ctx, db)
		if err == nil && in != "" {
			t.tables = in
		}
		return err
	})
}

// again runs the migrator on a database that has everything: nothing may change, and it may not say otherwise.
func (t *trial) again(ctx context.Context) (string, error) {
	if !t.up {
		return "", skipped("no database was brought up")
	}
	before, err := t.recorded(ctx)
	if err != nil {
		return "", err
	}
	said, ok, err := t.shipped(ctx, upDatabase)
	if err != nil {
		return "", err
	}
	after, err := t.recorded(ctx)
	if err != nil {
		return "", err
	}
	switch {
	case !ok:
		t.found(t.about("again", "The migrator fails on a database that has every migration:\n"+last(said)))
	case !slices.Equal(before, after):
		t.found(t.about("again", "A second run of the migrator changed what is recorded as applied"))
	case t.names(said):
		t.found(t.about("again", "A second run of the migrator says that it applied something:\n"+last(said)))
	}
	return "a second run changes nothing", nil
}

func (t *trial) names(said string) bool {
	return slices.ContainsFunc(t.folder.list, func(f migrate.File) bool { return strings.Contains(said, f.Name()) })
}

// recorded is the revisions and the schema of the database that is up, as text.
func (t *trial) recorded(ctx context.Context) (list []string, err error) {
	err = t.server.with(ctx, upDatabase, func(db *sql.DB) error {
		applied, err := revisions{db, t.tables}.ReadRevisions(ctx)
		for _, r := range applied {
			list = append(list, fmt.Sprint(r.Version, r.Hash, r.Applied, r.Total, r.ExecutedAt.UTC()))
		}
		return err
	})
	return list, err
}

// about is a finding about what the migrator did, not about one of the files.
func (t *trial) about(check, what string) migration.Finding {
	f := migration.Finding{Check: check, File: t.shown, Rules: []string{migration.DoesNotApply}, What: what,
		Why: "a deployment runs this very command before its machines", Instead: "run it on an empty database to see the whole of what it says"}
	if check == "again" {
		f.Rules, f.Why, f.Instead = []string{migration.NotIdempotent}, "every deployment runs it, also those without a new migration", "make the migrator compare what is recorded with the files"
	}
	return f
}

// last is the end of what a command said.
func last(said string) string {
	lines := strings.Split(said, "\n")
	return strings.Join(lines[max(0, len(lines)-10):], "\n")
}
