package pipeline_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/config/pipeline"
)

func TestATrialHasThePostgresOfTheFirstEnvironmentUnlessItStatesAnother(t *testing.T) {
	const database = "database = { app = \"d\", name = \"n\", owner = \"o\", user = \"u\", image = \"postgres:16\" }\n"
	f := parse(t, stage("first")+database+"[trial]\ndatabase_url = \"DB\"\n"+minimal)
	require.Equal(t, &pipeline.Trial{Port: 8080, Database: "DB", Migration: "DB", Postgres: "postgres:16", Env: map[string]string{}}, f.Trial)

	f = parse(t, trial+"migration_url = \"OWNER\"\nport = 80\nenv = { A = \"1\" }\n"+minimal)
	require.Equal(t, &pipeline.Trial{Port: 80, Database: "D", Migration: "OWNER", Postgres: "postgres:17", Env: map[string]string{"A": "1"}}, f.Trial)
	require.Nil(t, f.Compatibility)
}

func TestCompatibilityIsStatedByItsTableAlone(t *testing.T) {
	f := parse(t, trial+"[compatibility]\n"+minimal)
	require.Equal(t, &pipeline.Compatibility{Timeout: 10 * time.Minute}, f.Compatibility)
	f = parse(t, trial+"[compatibility]\nmigrations = \"/m\"\ntimeout = \"1m\"\n"+minimal)
	require.Equal(t, &pipeline.Compatibility{Migrations: "/m", Timeout: time.Minute}, f.Compatibility)
	require.Nil(t, parse(t, minimal).Trial)
}
