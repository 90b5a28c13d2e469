package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/renewa/pipeline/ci/verify/migration"
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
	return t.server.with(upDatabase, func(db *sql.DB) error {
		in, err := revisionsIn(ctx, db)
		if err == nil && in != "" {
			t.tables = in
		}
		return err
	})
}

// about is a finding about what the migrator did, not about one of the files.
func (t *trial) about(check, what string) migration.Finding {
	f := migration.Finding{Check: check, File: t.shown, What: what}
	if check == "again" {
		f.Rules = []string{migration.NotIdempotent}
	} else {
		f.Rules = []string{migration.DoesNotApply}
	}
	return f
}

// last is the end of what a command said.
func last(said string) string {
	lines := strings.Split(said, "\n")
	return strings.Join(lines[max(0, len(lines)-10):], "\n")
}
