package repository_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/verify/compatibility"
	"github.com/renewa/pipeline/ci/verify/trial"
)

func TestATrialHasThePostgresOfTheFirstEnvironmentUnlessItStatesAnother(t *testing.T) {
	const database = "database = { app = \"d\", name = \"n\", owner = \"o\", user = \"u\", image = \"postgres:16\" }\n"
	const first = "[[stage]]\nname = \"first\"\nconfig = \"fly.x.toml\"\norg = \"acme\"\n"
	f := loaded(t, first+database+"[trial]\ndatabase_url = \"DB\"\n"+minimal)
	require.Equal(t, &trial.Settings{Port: 8080, Database: "DB", Migration: "DB", Postgres: "postgres:16", Env: map[string]string{}}, f.Trial)

	f = loaded(t, withTrial+"migration_url = \"OWNER\"\nport = 80\nenv = { A = \"1\" }\n"+minimal)
	require.Equal(t, &trial.Settings{Port: 80, Database: "D", Migration: "OWNER", Postgres: "postgres:17", Env: map[string]string{"A": "1"}}, f.Trial)
	require.Nil(t, f.Compatibility)
}

func TestCompatibilityIsStatedByItsTableAlone(t *testing.T) {
	f := loaded(t, withTrial+"[compatibility]\n"+minimal)
	require.Equal(t, &compatibility.Settings{Timeout: 10 * time.Minute}, f.Compatibility)
	f = loaded(t, withTrial+"[compatibility]\nmigrations = \"/m\"\ntimeout = \"1m\"\n"+minimal)
	require.Equal(t, &compatibility.Settings{Migrations: "/m", Timeout: time.Minute}, f.Compatibility)
	require.Nil(t, loaded(t, minimal).Trial)
}
