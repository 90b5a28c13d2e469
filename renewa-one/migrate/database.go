package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

const (
	// A database that starts together with this program, or a machine that wakes for it,
	// gets this long to answer.
	patience = 20 * time.Second
	// A migration that waits for a lock makes everybody behind it wait as well: it gives up
	// first, and is tried again with the next deployment.
	lockTimeout = "5s"
)

// database is an open connection pool; name says which one without its password.
type database struct {
	*sql.DB
	name string
}

func withDatabase(ctx context.Context, log io.Writer, do func(*database) error) error {
	config, err := address(os.Getenv)
	if err != nil {
		return err
	}
	db, err := connect(ctx, config, log)
	if err != nil {
		return err
	}
	defer db.Close()
	return do(db)
}

// address reads where the database is. No error of it contains the value: it has a password.
func address(getenv func(string) string) (*pgx.ConnConfig, error) {
	for _, name := range []string{"DATABASE_URL_MIGRATION", "DATABASE_URL"} {
		value := getenv(name)
		if value == "" {
			continue
		}
		u, err := url.Parse(value)
		if err == nil && (u.Scheme == "postgres" || u.Scheme == "postgresql") && u.Host != "" {
			if config, err := pgx.ParseConfig(value); err == nil {
				config.RuntimeParams["application_name"] = "migrate on " + hostname()
				config.RuntimeParams["lock_timeout"] = lockTimeout
				return config, nil
			}
		}
		return nil, fmt.Errorf("read %s: not a PostgreSQL address: want postgres://user:password@host:5432/name, "+
			"with special characters of the password percent-encoded", name)
	}
	return nil, errors.New("neither DATABASE_URL_MIGRATION nor DATABASE_URL is set: set one to the database to migrate")
}

func connect(ctx context.Context, config *pgx.ConnConfig, log io.Writer) (*database, error) {
	db := &database{
		DB:   stdlib.OpenDB(*config),
		name: fmt.Sprintf("%s at %s:%d", config.Database, config.Host, config.Port),
	}
	for start := time.Now(); ; {
		attempt, cancel := context.WithTimeout(ctx, 5*time.Second)
		err := db.PingContext(attempt)
		cancel()
		if err == nil {
			return db, nil
		}
		if ctx.Err() != nil || refused(err) || time.Since(start) > patience {
			db.Close()
			return nil, fmt.Errorf("connect to database %s: %s", db.name, lastLine(err))
		}
		fmt.Fprintf(log, "waiting for database %s: %s\n", db.name, lastLine(err))
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

// refused reports whether an error is the answer of a server that is up, which waiting does not change.
func refused(err error) bool {
	var answer *pgconn.PgError
	return errors.As(err, &answer) && answer.Code != "57P03" // still starting up
}

// lastLine drops the attempts pgx lists before the one that decided.
func lastLine(err error) string {
	lines := strings.Split(strings.TrimSpace(err.Error()), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}

func hostname() string {
	name, err := os.Hostname()
	if err != nil {
		return "unknown host"
	}
	return name
}
