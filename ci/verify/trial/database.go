package trial

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/verify/step"
)

// Database returns the database of a test: named as the first environment's, if that has one, on the server that [trial]
// states.
func Database(first *pipeline.Database, s Settings) pipeline.Database {
	db := pipeline.Database{Name: "app", Owner: "app_owner", User: "app"}
	if first != nil {
		db = *first
	}
	db.Image = s.Postgres
	return db
}

// Addresses returns the variables by which an app finds that database, with the addresses for its two roles. Where one
// variable is stated for both roles, it is the owner's.
func (s Settings) Addresses(user, owner string) map[string]string {
	return map[string]string{s.Database: user, s.Migration: owner}
}

// Merged returns the variables of all lists; a later list replaces those of an earlier one.
func Merged(lists ...map[string]string) map[string]string {
	all := map[string]string{}
	for _, list := range lists {
		maps.Copy(all, list)
	}
	return all
}

// InputsOf returns the variables of an app and of the one that fails, under names of their own, so that a change of one
// is a change of the step.
func InputsOf(app, failing map[string]string) map[string]string {
	all := Merged(app)
	for name, value := range failing {
		all["failing "+name] = value
	}
	return all
}

// startTime is how long a database may take to start alone.
const startTime = time.Minute

// A Server is the container of a database, which exits by itself when the database does not start.
type Server struct {
	Host, Image string
	// Alone runs the container to its end and returns its output and exit code.
	Alone func(ctx context.Context) (output string, code int, err error)
}

// Why returns the cause of an engine's error. An engine reports no output of a service that ended, so when the error is
// about the database, Why runs the database alone.
func (s Server) Why(ctx context.Context, err error) error {
	if !strings.Contains(err.Error(), "(aliased as "+s.Host+")") {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	output, code, failed := s.Alone(ctx)
	switch {
	case failed != nil && ctx.Err() != nil:
		return fmt.Errorf("the database %s started but did not listen on port 5432 in time", s.Image)
	case failed != nil:
		return fmt.Errorf("the database %s did not start: %w", s.Image, failed)
	}
	return fmt.Errorf("the database %s did not start: its container exited with code %d\n  %s", s.Image, code, strings.Join(step.LastLines(output), "\n  "))
}
