package result_test

import (
	"errors"
	"io/fs"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/config/flytoml"
	"github.com/renewa/pipeline/ci/verify/migration"
	"github.com/renewa/pipeline/ci/verify/migration/result"
	"github.com/renewa/pipeline/ci/verify/migration/settings"
	"github.com/renewa/pipeline/ci/verify/step"
)

var repository = result.Repository{
	Settings: settings.Migrations{Dir: "migrations", Applied: "2025", Rows: 10000, Lock: "ShareLock", Blocked: 2 * time.Second, Timeout: time.Minute},
	Context:  "shop", Variable: "DATABASE_URL_MIGRATION", Server: "postgres://postgres@db", Like: "postgres://owner@db/app",
	Migrator: []string{"/app/migrate", "apply"}, FlyConfig: "fly.dev.toml",
}

func TestTheCommandOfTheStepIsReadByTheProgram(t *testing.T) {
	check, err := repository.Step("20260101", true)
	require.NoError(t, err)
	require.Equal(t, []any{"migrations", time.Minute, []string{"migrations.json"}}, []any{check.Name, check.Timeout, check.Reports})
	require.Equal(t, []string{"/pipeline/migrations -applied 2025 -dir /pipeline/sources/migrations -from 20260101 -like postgres://owner@db/app -max-blocked 2s -max-lock ShareLock -released /pipeline/released -server postgres://postgres@db -shown shop/migrations -squawk /pipeline/squawk -variable DATABASE_URL_MIGRATION -- /app/migrate apply"}, check.Run)
	check, err = repository.Step("", false)
	require.NoError(t, err)
	require.NotContains(t, check.Run[0], "-from")
	require.NotContains(t, check.Run[0], "-released")
	require.Equal(t, []string{"", " --from 20260101"}, []string{result.Flags(""), result.Flags("20260101")})

	drift := repository.Drift("DATABASE_TO_COMPARE")
	require.Contains(t, drift.Run[0], "-database DATABASE_TO_COMPARE")
	require.NotContains(t, drift.Run[0], "-squawk")
	require.NotContains(t, drift.Run[0], "/app/migrate", "it runs no migration")
}

func TestAnEnvironmentWithoutAReleaseCommandIsRefused(t *testing.T) {
	for text, want := range map[string][]string{
		"app = \"shop\"\n": nil,
		"app = \"shop\"\n[deploy]\nrelease_command = \"/app/migrate apply\"\n": {"/app/migrate", "apply"},
	} {
		c, _, err := flytoml.Parse("fly.dev.toml", []byte(text))
		require.NoError(t, err)
		require.Equal(t, want, result.Migrator(c))
	}
	without := repository
	without.Migrator = nil
	_, err := without.Step("", false)
	require.EqualError(t, err, "fly.dev.toml has no release_command: add the command that runs the migrations to [deploy]")
}

// results are those of a run with a report; empty: none.
func results(report string) fs.FS {
	all := fstest.MapFS{}
	for name, text := range map[string]string{"run/started": "1767225600\n", "run/uptime": "1 2\n", "run/1.log": "starting\nmigrations: dial db: refused\n", "run/1.code": "1\n", migration.ReportFile: report} {
		if text != "" {
			all[name] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	return all
}

const (
	clean = `{"version": 1, "checks": [{"name": "integrity", "status": "passed"}]}`
	bad   = `{"version": 1, "checks": [{"name": "drift", "status": "failed"}], "findings": [{"check": "drift", "what": "a table"}]}`
)

func TestTheVerdictIsThatOfTheReportOrOfTheCommandThatFailed(t *testing.T) {
	for reason, c := range map[string]struct {
		report string
		before step.Verdict
		want   []string // reasons
	}{
		"nothing is wrong":            {clean, step.Verdict{Status: step.Passed}, nil},
		"a check failed":              {bad, step.Verdict{Status: step.Passed}, []string{"drift: 1 finding"}},
		"no report":                   {"", step.Verdict{Status: step.Passed}, []string{"the migrations program wrote no migrations.json"}},
		"no report, a command failed": {"", step.Verdict{Status: step.Failed, Reasons: []string{"`x` ended with code 1"}}, []string{"`x` ended with code 1"}},
	} {
		v := c.before
		require.NoError(t, result.Judge(results(c.report), &v), reason)
		require.Equal(t, c.want, v.Reasons, reason)
		require.Equal(t, c.report == "", v.Details == "", reason)
	}
}

func TestADriftWithoutAReportHasTheMessageOfTheProgram(t *testing.T) {
	check := repository.Drift("DATABASE_TO_COMPARE")
	r, err := result.Compared(results(bad), check)
	require.NoError(t, err)
	require.Equal(t, []string{"drift: 1 finding"}, r.Reasons())
	_, err = result.Compared(results(""), check)
	require.EqualError(t, err, "the database was not compared with the migrations: dial db: refused")
	_, err = result.Compared(fstest.MapFS{}, check)
	require.EqualError(t, err, "the migrations program wrote no migrations.json")
	require.EqualError(t, result.NotCompared(errors.New("inputs: no such image")), "the database was not compared with the migrations: no such image")
}
