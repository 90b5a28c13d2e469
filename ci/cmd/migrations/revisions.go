package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/schema"
)

// revisionTable is what Atlas, and every migrator on its library, calls the table of what was applied.
const revisionTable = "atlas_schema_revisions"

const createRevisions = `CREATE TABLE %s (version varchar PRIMARY KEY, description varchar NOT NULL, type bigint NOT NULL DEFAULT 2,
	applied bigint NOT NULL DEFAULT 0, total bigint NOT NULL DEFAULT 0, executed_at timestamptz NOT NULL, execution_time bigint NOT NULL,
	error text, error_stmt text, hash varchar NOT NULL, partial_hashes jsonb, operator_version varchar NOT NULL)`

// revisions is the library's store of what was applied, in the schema where the migrator looks for it.
type revisions struct {
	schema.ExecQuerier
	in string
}

var _ migrate.RevisionReadWriter = revisions{}

// revisionsIn finds the schema that has the table: none when it is empty.
func revisionsIn(ctx context.Context, db *sql.DB) (in string, err error) {
	err = db.QueryRowContext(ctx, `SELECT coalesce(min(schemaname), '') FROM pg_tables WHERE tablename = $1`, revisionTable).Scan(&in)
	return in, err
}

func (r revisions) table() string { return quote(r.in) + "." + quote(revisionTable) }

func (r revisions) create(ctx context.Context) error {
	_, err := r.ExecContext(ctx, fmt.Sprintf("CREATE SCHEMA IF NOT EXISTS %s; "+createRevisions, quote(r.in), r.table()))
	return err
}

// Ident says which table it is.
func (r revisions) Ident() *migrate.TableIdent {
	return &migrate.TableIdent{Schema: r.in, Name: revisionTable}
}

// ReadRevisions leaves out the notes that Atlas keeps beside them.
func (r revisions) ReadRevisions(ctx context.Context) ([]*migrate.Revision, error) {
	return r.read(ctx, "")
}

// ReadRevision finds one by its version.
func (r revisions) ReadRevision(ctx context.Context, version string) (*migrate.Revision, error) {
	found, err := r.read(ctx, version)
	if err == nil && len(found) == 0 {
		return nil, migrate.ErrRevisionNotExist
	} else if err != nil {
		return nil, err
	}
	return found[0], nil
}

// WriteRevision makes or replaces one.
func (r revisions) WriteRevision(ctx context.Context, v *migrate.Revision) error {
	partial, err := json.Marshal(v.PartialHashes)
	if err != nil {
		return err
	}
	if err := r.DeleteRevision(ctx, v.Version); err != nil {
		return err
	}
	_, err = r.ExecContext(ctx, "INSERT INTO "+r.table()+" VALUES ($1, $2, $3, $4, $5, $6, $7, nullif($8, ''), nullif($9, ''), $10, $11, $12)",
		v.Version, v.Description, int64(v.Type), v.Applied, v.Total, v.ExecutedAt, int64(v.ExecutionTime), v.Error, v.ErrorStmt, v.Hash, string(partial), v.OperatorVersion)
	return err
}

// DeleteRevision forgets one.
func (r revisions) DeleteRevision(ctx context.Context, version string) error {
	_, err := r.ExecContext(ctx, "DELETE FROM "+r.table()+" WHERE version = $1", version)
	return err
}

// read reads the one of a version, or all.
func (r revisions) read(ctx context.Context, version string) (found []*migrate.Revision, err error) {
	rows, err := r.QueryContext(ctx, `SELECT version, description, type, applied, total, executed_at, execution_time, coalesce(error, ''),
		coalesce(error_stmt, ''), hash, coalesce(partial_hashes, 'null'), operator_version FROM `+r.table()+
		` WHERE version = $1 OR $1 = '' AND version NOT LIKE '.%' ORDER BY version`, version)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var v migrate.Revision
		var kind, took int64
		var partial []byte
		if err := rows.Scan(&v.Version, &v.Description, &kind, &v.Applied, &v.Total, &v.ExecutedAt, &took, &v.Error, &v.ErrorStmt, &v.Hash, &partial, &v.OperatorVersion); err != nil {
			return nil, err
		}
		v.Type, v.ExecutionTime = migrate.RevisionType(kind), time.Duration(took)
		if err := json.Unmarshal(partial, &v.PartialHashes); err != nil {
			return nil, err
		}
		found = append(found, &v)
	}
	return found, rows.Err()
}
