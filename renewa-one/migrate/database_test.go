package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"
)

func env(values map[string]string) func(string) string {
	return func(name string) string { return values[name] }
}

func TestTheAddressForMigratingComesFirst(t *testing.T) {
	config, err := address(env(map[string]string{
		"DATABASE_URL":           "postgres://app:a@db/renewa",
		"DATABASE_URL_MIGRATION": "postgres://owner:b@db/renewa",
	}))
	if err != nil {
		t.Fatal(err)
	}
	if config.User != "owner" {
		t.Errorf("user is %s, want owner", config.User)
	}
}

func TestWithoutAnAddressTheErrorHasBothNames(t *testing.T) {
	_, err := address(env(nil))
	wantError(t, err, "DATABASE_URL_MIGRATION", "DATABASE_URL")
}

func TestNoErrorAboutAnAddressShowsIt(t *testing.T) {
	for reason, value := range map[string]string{
		"a password that needs encoding": "postgres://owner:hunter2%@db/renewa",
		"a port that is no number":       "postgres://owner:hunter2@db:x/renewa",
		"another kind of database":       "mysql://owner:hunter2@db/renewa",
		"no address at all":              "hunter2",
		"an option nobody knows":         "postgres://owner:hunter2@db/renewa?sslmode=perhaps",
	} {
		t.Run(reason, func(t *testing.T) {
			_, err := address(env(map[string]string{"DATABASE_URL": value}))
			wantError(t, err, "DATABASE_URL: not a PostgreSQL address")
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the password is in %q", err)
			}
		})
	}
}

func TestAStopWhileWaitingForTheDatabaseEndsTheWait(t *testing.T) {
	config, err := address(env(map[string]string{"DATABASE_URL": "postgres://owner:hunter2@127.0.0.1:1/renewa"}))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	var log bytes.Buffer
	_, err = connect(ctx, config, &log)
	wantError(t, err, "connect to database renewa at 127.0.0.1:1")
	if !strings.Contains(log.String(), "waiting for database renewa") {
		t.Errorf("the log has no line about waiting: %q", &log)
	}
	if strings.Contains(err.Error()+log.String(), "hunter2") {
		t.Errorf("the password is in %q or %q", err, &log)
	}
}

func TestACommandNobodyKnowsGetsTheUsage(t *testing.T) {
	for reason, args := range map[string][]string{
		"no command":        {},
		"a wrong one":       {"up"},
		"one word too many": {"apply", "now"},
		"a flag":            {"-force", "apply"},
		"seed, but what":    {"seed"},
	} {
		t.Run(reason, func(t *testing.T) {
			if err := run(context.Background(), args, &bytes.Buffer{}, &bytes.Buffer{}); err != errUsage {
				t.Errorf("got %v, want the usage", err)
			}
		})
	}
}
