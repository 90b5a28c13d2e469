package main

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
	_ "github.com/jackc/pgx/v5/stdlib"
)

// server is a Postgres in which databases are made and dropped.
type server struct {
	role *url.URL // who works in them, and in which database there is nothing but their rights
	like string
	*sql.DB
}

// connect waits for a server that is starting.
func connect(ctx context.Context, o options, patience time.Duration, log io.Writer) (*server, error) {
	admin, err := url.Parse(o.server)
	if err != nil || admin.Host == "" {
		return nil, errors.New("the address of the server is none: want postgres://user:password@host:5432/postgres")
	}
	s := &server{role: admin}
	if o.like != "" {
		if s.role, err = url.Parse(o.like); err != nil {
			return nil, errors.New("the address of the database to make others like is none")
		}
		s.like = path.Base(s.role.Path)
	}
	if s.DB, err = sql.Open("pgx", o.server); err != nil {
		return nil, fmt.Errorf("connect to the database server %s: %w", admin.Host, err)
	}
	for began := time.Now(); ; time.Sleep(200 * time.Millisecond) {
		err = s.PingContext(ctx)
		var answer *pgconn.PgError
		if err == nil {
			return s, nil
		}
		if refused := errors.As(err, &answer) && answer.Code != "57P03"; refused || ctx.Err() != nil || time.Since(began) > patience {
			return nil, fmt.Errorf("the database server %s did not start: %w", admin.Host, err)
		}
		fmt.Fprintf(log, "waiting for the database server %s\n", admin.Host)
	}
}

// in is the address of one of its databases.
func (s *server) in(name string) string {
	u := *s.role
	u.Path = "/" + name
	return u.String()
}

// create makes a database, as a copy of another when one is named. There must be no connection to that.
func (s *server) create(ctx context.Context, name, like string) error {
	if err := s.drop(ctx, name); err != nil {
		return err
	}
	statement := "CREATE DATABASE " + quote(name) + " OWNER " + quote(s.role.User.Username())
	if like = cmp.Or(like, s.like); like != "" {
		statement += " TEMPLATE " + quote(like)
	}
	if _, err := s.ExecContext(ctx, statement); err != nil {
		return fmt.Errorf("create database %s: %w", name, err)
	}
	return nil
}

func (s *server) drop(ctx context.Context, name string) error {
	if _, err := s.ExecContext(ctx, "DROP DATABASE IF EXISTS "+quote(name)+" WITH (FORCE)"); err != nil {
		return fmt.Errorf("drop database %s: %w", name, err)
	}
	return nil
}

// with does something in a database and leaves no connection behind.
func (s *server) with(name string, do func(*sql.DB) error) error {
	db, err := sql.Open("pgx", s.in(name))
	if err != nil {
		return fmt.Errorf("open database %s: %w", name, err)
	}
	return errors.Join(do(db), db.Close())
}

// copied does something in a copy of a database, which is dropped afterwards.
func (s *server) copied(ctx context.Context, name, like string, do func(*sql.DB) error) error {
	if err := s.create(ctx, name, like); err != nil {
		return err
	}
	return errors.Join(s.with(name, do), s.drop(ctx, name))
}

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }
