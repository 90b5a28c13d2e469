// Package scratch creates and drops databases on a Postgres that exists for one trial.
package scratch

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver named pgx
)

// A Server is a Postgres on which databases are created and dropped.
type Server struct {
	role     *url.URL // the address of a database there, for the role that works in every database
	template string   // the database that every new one is copied from; may be empty
	db       *sql.DB  // for the user who may create databases
}

// Connect waits up to patience for the server at an address to start. like is the address of a database there, for the
// role that works in every new database; the new ones are copies of that database. An empty like is the address itself.
func Connect(ctx context.Context, address, like string, patience time.Duration, log io.Writer) (*Server, error) {
	admin, err := url.Parse(address)
	if err != nil || admin.Host == "" {
		return nil, errors.New("-server is not the address of a server: write postgres://user:password@host:5432/postgres")
	}
	s := &Server{role: admin}
	if like != "" {
		if s.role, err = url.Parse(like); err != nil {
			return nil, errors.New("-like is not the address of a database: write postgres://user:password@host:5432/name")
		}
		s.template = path.Base(s.role.Path)
	}
	if s.db, err = sql.Open("pgx", address); err != nil {
		return nil, fmt.Errorf("the database server %s does not answer: %w", admin.Host, err)
	}
	for began := time.Now(); ; time.Sleep(200 * time.Millisecond) {
		err = s.db.PingContext(ctx)
		if err == nil {
			return s, nil
		}
		if refuses(err) || ctx.Err() != nil || time.Since(began) > patience {
			return nil, errors.Join(fmt.Errorf("the database server %s did not start: %w", admin.Host, err), s.db.Close())
		}
		fmt.Fprintf(log, "waiting for the database server %s\n", admin.Host)
	}
}

// refuses reports whether an error is the answer of a server that is up, which waiting does not change.
func refuses(err error) bool {
	const startingUp = "57P03"
	var answer *pgconn.PgError
	return errors.As(err, &answer) && answer.Code != startingUp
}

// Close ends the connections to the server. The databases stay.
func (s *Server) Close() error { return s.db.Close() }

// Address is the address of one of the server's databases.
func (s *Server) Address(name string) string {
	u := *s.role
	u.Path = "/" + name
	return u.String()
}

// Create makes a database, as a copy of another when like is not empty. Nobody may be connected to that one.
func (s *Server) Create(ctx context.Context, name, like string) error {
	if err := s.Drop(ctx, name); err != nil {
		return err
	}
	statement := "CREATE DATABASE " + quoted(name) + " OWNER " + quoted(s.role.User.Username())
	if like = cmp.Or(like, s.template); like != "" {
		statement += " TEMPLATE " + quoted(like)
	}
	if _, err := s.db.ExecContext(ctx, statement); err != nil {
		return fmt.Errorf("database %s was not created: %w", name, err)
	}
	return nil
}

// Drop removes a database if it exists, and ends its connections.
func (s *Server) Drop(ctx context.Context, name string) error {
	if _, err := s.db.ExecContext(ctx, "DROP DATABASE IF EXISTS "+quoted(name)+" WITH (FORCE)"); err != nil {
		return fmt.Errorf("database %s was not dropped: %w", name, err)
	}
	return nil
}

// With calls do with a connection pool of a database, and closes the pool.
func (s *Server) With(name string, do func(*sql.DB) error) error {
	db, err := sql.Open("pgx", s.Address(name))
	if err != nil {
		return fmt.Errorf("database %s cannot be opened: %w", name, err)
	}
	return errors.Join(do(db), db.Close())
}

// WithCopy calls do with a connection pool of a new database, a copy of like, and drops that database.
func (s *Server) WithCopy(ctx context.Context, name, like string, do func(*sql.DB) error) error {
	if err := s.Create(ctx, name, like); err != nil {
		return err
	}
	return errors.Join(s.With(name, do), s.Drop(ctx, name))
}

func quoted(name string) string { return pgx.Identifier{name}.Sanitize() }
