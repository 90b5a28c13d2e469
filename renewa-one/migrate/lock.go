package main

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"time"

	"ariga.io/atlas/sql/postgres"
	"ariga.io/atlas/sql/schema"
)

// lockName is the one Atlas's CLI takes: the two exclude each other.
const lockName = "atlas_migrate_execute"

// lockPatience is how long another migration of the same database may take. A variable for tests.
var lockPatience = 15 * time.Second

// lock makes this the only migration of the database. The server gives the lock back by
// itself when the connection ends, whatever ends it.
func lock(ctx context.Context, db *database) (unlock func() error, err error) {
	drv, err := postgres.Open(db)
	if err != nil {
		return nil, fmt.Errorf("inspect database %s: %w", db.name, err)
	}
	unlock, err = drv.(schema.Locker).Lock(ctx, lockName, lockPatience)
	if errors.Is(err, schema.ErrLocked) {
		return nil, fmt.Errorf("lock database %s: %s is migrating it and did not finish within %s: "+
			"wait for it, or end that connection", db.name, holder(ctx, db), lockPatience)
	}
	if err != nil {
		return nil, fmt.Errorf("lock database %s: %w", db.name, err)
	}
	return unlock, nil
}

// holder says who has the lock, as far as this role may see it.
func holder(ctx context.Context, db *database) string {
	id := fnv.New32()
	id.Write([]byte(lockName))
	var who string
	err := db.QueryRowContext(ctx, `SELECT format('%s (user %s, process %s, since %s)',
			coalesce(nullif(a.application_name, ''), 'somebody'), coalesce(a.usename, 'unknown'), l.pid,
			coalesce(to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"'), 'unknown'))
		FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
		WHERE l.locktype = 'advisory' AND l.granted AND l.classid = 0 AND l.objid = $1::bigint::oid
		AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
		int64(id.Sum32())).Scan(&who)
	if err != nil {
		return "somebody"
	}
	return who
}
