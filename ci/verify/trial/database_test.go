package trial_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/verify/trial"
)

func TestADatabaseOfATestIsNamedAsTheFirstEnvironments(t *testing.T) {
	s := trial.Settings{Postgres: "postgres:17"}
	require.Equal(t, pipeline.Database{Name: "app", Owner: "app_owner", User: "app", Image: "postgres:17"}, trial.Database(nil, s))
	first := pipeline.Database{App: "shop-db", Name: "shop", Owner: "o", User: "u", Image: "postgres:16"}
	require.Equal(t, pipeline.Database{App: "shop-db", Name: "shop", Owner: "o", User: "u", Image: "postgres:17"}, trial.Database(&first, s))
	require.Equal(t, "postgres:16", first.Image)
}

func TestOneVariableForBothRolesHasTheOwnersAddress(t *testing.T) {
	two := trial.Settings{Database: "DATABASE_URL", Migration: "DATABASE_URL_MIGRATION"}
	require.Equal(t, map[string]string{"DATABASE_URL": "user", "DATABASE_URL_MIGRATION": "owner"}, two.Addresses("user", "owner"))
	one := trial.Settings{Database: "DATABASE_URL", Migration: "DATABASE_URL"}
	require.Equal(t, map[string]string{"DATABASE_URL": "owner"}, one.Addresses("user", "owner"))
}

func TestLaterVariablesReplaceEarlierOnes(t *testing.T) {
	image := map[string]string{"A": "1", "B": "1"}
	require.Equal(t, map[string]string{"A": "1", "B": "2"}, trial.Merged(image, nil, map[string]string{"B": "2"}))
	require.Equal(t, "1", image["B"])
	require.Equal(t, map[string]string{"A": "1", "failing A": "2"}, trial.InputsOf(map[string]string{"A": "1"}, map[string]string{"A": "2"}))
}

func TestADatabaseThatDidNotStartIsRunAloneForItsOutput(t *testing.T) {
	about := errors.New("start x1 (aliased as db): exit code: 1")
	for reason, c := range map[string]struct {
		err   error
		alone func(context.Context) (string, int, error)
		ended bool // the call
		want  string
	}{
		"another error":    {err: errors.New("no such stage"), want: "no such stage"},
		"it exits":         {err: about, alone: func(context.Context) (string, int, error) { return "starting\n\nno space left\n", 1, nil }, want: "the database postgres:17 did not start: its container exited with code 1\n  starting\n  no space left"},
		"it cannot be run": {err: about, alone: func(context.Context) (string, int, error) { return "", 0, errors.New("no such image") }, want: "the database postgres:17 did not start: no such image"},
		"it runs on":       {err: about, ended: true, alone: func(ctx context.Context) (string, int, error) { <-ctx.Done(); return "", 0, ctx.Err() }, want: "the database postgres:17 started but did not listen on port 5432 in time"},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		if c.ended {
			cancel()
		}
		require.EqualError(t, trial.Server{Host: "db", Image: "postgres:17", Alone: c.alone}.Why(ctx, c.err), c.want, reason)
		cancel()
	}
}
