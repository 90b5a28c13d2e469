// Package atlas applies migrations with Atlas's library, analyzes them, and compares the schemas of databases.
package atlas

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/schema"
	"github.com/jackc/pgx/v5"
)

// RevisionTable is the table in which Atlas, and every migrator on its library, records the migrations that were applied.
const RevisionTable = "atlas_schema_revisions"

const createRevisions = `CREATE TABLE %s (version varchar PRIMARY KEY, description varchar NOT NULL, type bigint NOT NULL DEFAULT 2,
	applied bigint NOT NULL DEFAULT 0, total bigint NOT NULL DEFAULT 0, executed_at timestamptz NOT NULL, execution_time bigint NOT NULL,
	error text, error_stmt text, hash varchar NOT NULL, partial_hashes jsonb, operator_version varchar NOT NULL)`

// Revisions reads and writes the table of revisions in a schema of a database.
type Revisions struct {
	schema.ExecQuerier
	Schema string
}

var _ migrate.RevisionReadWriter = Revisions{}

// RevisionSchema returns the schema that has the table of revisions. It is empty when there is no such table.
func RevisionSchema(ctx context.Context, db *sql.DB) (name string, err error) {
	err = db.QueryRowContext(ctx, `SELECT coalesce(min(schemaname), '') FROM pg_tables WHERE tablename = $1`, RevisionTable).Scan(&name)
	return name, err
}

func (r Revisions) table() string { return pgx.Identifier{r.Schema, RevisionTable}.Sanitize() }

// Create makes the table, and its schema if that is missing.
func (r Revisions) Create(ctx context.Context) error {
	_, err := r.ExecContext(ctx, fmt.Sprintf("CREATE SCHEMA IF NOT EXISTS %s; "+createRevisions, pgx.Identifier{r.Schema}.Sanitize(), r.table()))
	return err
}

// Ident names the table.
func (r Revisions) Ident() *migrate.TableIdent {
	return &migrate.TableIdent{Schema: r.Schema, Name: RevisionTable}
}

// ReadRevisions returns the revisions by version. Rows whose version begins with a dot are notes of Atlas, not revisions.
func (r Revisions) ReadRevisions(ctx context.Context) ([]*migrate.Revision, error) {
	return r.read(ctx, "")
}

// ReadRevision returns the revision of a version.
func (r Revisions) ReadRevision(ctx context.Context, version string) (*migrate.Revision, error) {
	found, err := r.read(ctx, version)
	if err == nil && len(found) == 0 {
		return nil, migrate.ErrRevisionNotExist
	} else if err != nil {
		return nil, err
	}
	return found[0], nil
}

// WriteRevision adds or replaces the revision of a version.
func (r Revisions) WriteRevision(ctx context.Context, v *migrate.Revision) error {
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

// DeleteRevision removes the revision of a version.
func (r Revisions) DeleteRevision(ctx context.Context, version string) error {
	_, err := r.ExecContext(ctx, "DELETE FROM "+r.table()+" WHERE version = $1", version)
	return err
}

// read returns the revision of a version, or all revisions when version is empty.
func (r Revisions) read(ctx context.Context, version string) (found []*migrate.Revision, err error) {
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
