package main

import (
	"context"
	"fmt"
	"io"

	"ariga.io/atlas/sql/migrate"
)

// status prints the version of the database on a line of its own; it changes nothing.
func status(ctx context.Context, db *database, files *files, out, log io.Writer) error {
	store := revisions{db}
	found, err := store.exists(ctx)
	if err != nil {
		return fmt.Errorf("look for revisions in %s: %w", db.name, err)
	}
	var applied []*migrate.Revision
	if found {
		if applied, err = store.ReadRevisions(ctx); err != nil {
			return fmt.Errorf("read revisions: %w", err)
		}
	}
	version := "none"
	done := map[string]bool{}
	for _, revision := range applied {
		if complete(revision) {
			version = revision.Version
			done[version] = true
		} else {
			fmt.Fprintf(log, "unfinished: %s_%s, %d of %d statements: %s\n", revision.Version,
				revision.Description, revision.Applied, revision.Total, revision.Error)
		}
	}
	for _, file := range files.list {
		if !done[file.Version()] {
			fmt.Fprintf(log, "pending: %s\n", file.Name())
		}
	}
	fmt.Fprintln(out, version)
	return compare(files, applied)
}
