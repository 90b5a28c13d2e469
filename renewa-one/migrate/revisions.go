package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/schema"
)

// The table is the one Atlas's own CLI keeps for an address with search_path=public:
// either program continues what the other began.
const (
	revisionTable  = "atlas_schema_revisions"
	createRevision = `CREATE TABLE IF NOT EXISTS public.atlas_schema_revisions (
		version character varying NOT NULL PRIMARY KEY,
		description character varying NOT NULL,
		type bigint NOT NULL DEFAULT 2,
		applied bigint NOT NULL DEFAULT 0,
		total bigint NOT NULL DEFAULT 0,
		executed_at timestamptz NOT NULL,
		execution_time bigint NOT NULL,
		error text,
		error_stmt text,
		hash character varying NOT NULL,
		partial_hashes jsonb,
		operator_version character varying NOT NULL
	)`
	selectRevisions = `SELECT version, description, type, applied, total, executed_at, execution_time,
		coalesce(error, ''), coalesce(error_stmt, ''), hash, coalesce(partial_hashes, 'null'), operator_version
		FROM public.atlas_schema_revisions`
	upsertRevision = `INSERT INTO public.atlas_schema_revisions VALUES
		($1, $2, $3, $4, $5, $6, $7, nullif($8, ''), nullif($9, ''), $10, $11, $12)
		ON CONFLICT (version) DO UPDATE SET (description, type, applied, total, executed_at, execution_time,
		error, error_stmt, hash, partial_hashes, operator_version) = (excluded.description, excluded.type,
		excluded.applied, excluded.total, excluded.executed_at, excluded.execution_time, excluded.error,
		excluded.error_stmt, excluded.hash, excluded.partial_hashes, excluded.operator_version)`
)

// revisions is the library's store of what was applied. Over a transaction, a revision is
// kept or lost together with the statements it is about.
type revisions struct {
	schema.ExecQuerier
}

var _ migrate.RevisionReadWriter = revisions{}

func (revisions) Ident() *migrate.TableIdent {
	return &migrate.TableIdent{Schema: "public", Name: revisionTable}
}

// exists keeps status from creating a table in a database it only looks at.
func (r revisions) exists(ctx context.Context) (found bool, err error) {
	rows, err := r.QueryContext(ctx, "SELECT to_regclass('public."+revisionTable+"') IS NOT NULL")
	if err != nil {
		return false, err
	}
	defer rows.Close()
	for rows.Next() {
		err = rows.Scan(&found)
	}
	return found, errors.Join(err, rows.Err())
}

// ReadRevisions leaves out rows whose version starts with a dot: newer CLIs keep notes there.
func (r revisions) ReadRevisions(ctx context.Context) ([]*migrate.Revision, error) {
	return r.read(ctx, selectRevisions+" WHERE version NOT LIKE '.%' ORDER BY version")
}

func (r revisions) ReadRevision(ctx context.Context, version string) (*migrate.Revision, error) {
	found, err := r.read(ctx, selectRevisions+" WHERE version = $1", version)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, migrate.ErrRevisionNotExist
	}
	return found[0], nil
}

func (r revisions) WriteRevision(ctx context.Context, v *migrate.Revision) error {
	partial, err := json.Marshal(v.PartialHashes)
	if err != nil {
		return fmt.Errorf("encode partial hashes: %w", err)
	}
	_, err = r.ExecContext(ctx, upsertRevision, v.Version, v.Description, int64(v.Type), v.Applied, v.Total,
		v.ExecutedAt, int64(v.ExecutionTime), v.Error, v.ErrorStmt, v.Hash, string(partial), v.OperatorVersion)
	return err
}

func (r revisions) DeleteRevision(ctx context.Context, version string) error {
	_, err := r.ExecContext(ctx, "DELETE FROM public.atlas_schema_revisions WHERE version = $1", version)
	return err
}

func (r revisions) read(ctx context.Context, query string, args ...any) ([]*migrate.Revision, error) {
	rows, err := r.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []*migrate.Revision
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		found = append(found, v)
	}
	return found, rows.Err()
}

func scan(rows *sql.Rows) (*migrate.Revision, error) {
	var (
		v       migrate.Revision
		kind    int64
		elapsed int64
		partial []byte
	)
	if err := rows.Scan(&v.Version, &v.Description, &kind, &v.Applied, &v.Total, &v.ExecutedAt, &elapsed,
		&v.Error, &v.ErrorStmt, &v.Hash, &partial, &v.OperatorVersion); err != nil {
		return nil, err
	}
	v.Type, v.ExecutionTime = migrate.RevisionType(kind), time.Duration(elapsed)
	if err := json.Unmarshal(partial, &v.PartialHashes); err != nil {
		return nil, fmt.Errorf("decode partial hashes of %s: %w", v.Version, err)
	}
	return &v, nil
}
