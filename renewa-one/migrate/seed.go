package main

import (
	"context"
	"fmt"
	"io"
	"os"
)

// seed runs one file of example data. Whether it may run twice is up to the file.
func seed(ctx context.Context, db *database, path string, log io.Writer) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read seed: %w", err)
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("seed %s: %w", path, err)
	}
	defer tx.Rollback()
	result, err := tx.ExecContext(ctx, string(content))
	if err != nil {
		return fmt.Errorf("seed %s: %w; it was rolled back", path, err)
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("seed %s: commit: %w", path, err)
	}
	rows, _ := result.RowsAffected() // the count is only printed
	fmt.Fprintf(log, "database %s: seeded %d rows\n", db.name, rows)
	return nil
}
