package migration_test

import (
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/golden"
	"github.com/renewa/pipeline/ci/verify/migration"
)

const older, newer = "db/1_users.sql", "db/2_orders.sql"

func report() migration.Report {
	limits := migration.Limits{Lock: "ShareUpdateExclusive", Time: time.Second}
	r := migration.Report{
		Version: migration.ReportVersion, Newest: "2", Rows: 500,
		Checks: []migration.Check{
			{Name: "integrity", Status: migration.Passed, Says: "2 files"},
			{Name: "drift", Status: migration.Skipped, Says: "the migrator did not bring up a database"},
			{Name: "lint", Status: migration.Passed, Seconds: 1.25, Says: "2 files, by Atlas and squawk"},
			{Name: "locks", Status: migration.Passed, Seconds: 3, Says: "2 files, 500 rows in each table"},
		},
		Locks: []migration.Lock{
			{File: older, Seconds: 0.01},
			{File: newer, Line: 4, Table: "users", Mode: "Share", Seconds: 2.5},
			{File: newer, Line: 9, Table: "posts", Mode: "ShareUpdateExclusive", Seconds: 3, Sampled: true},
		},
		Findings: []migration.Finding{
			migration.Finding{Check: "lint", File: newer, Line: 9, Rules: []string{"DS103", "ban-drop-column"}, What: "Dropping column \"a\""}.Advised(),
			{Check: "lint", File: older, Line: 2, Rules: []string{"DS102"}, What: "Dropping table \"b\"", Waived: "it was empty"},
		},
	}
	r.Findings = append(r.Findings, limits.Exceeded(r.Locks, r.Rows)...)
	return r.Settle()
}

func TestAReportHasPlaceProblemReasonAndAdvice(t *testing.T) {
	golden.Equal(t, "report.txt", report().String())
	text, err := report().JSON()
	require.NoError(t, err)
	golden.Equal(t, "report.json", string(text))
}

func TestACheckFailsIfAFindingIsNotWaived(t *testing.T) {
	require.Equal(t, []string{"lint: 1 finding", "locks: 1 finding"}, report().Reasons())
}

func TestAReportOfAnotherVersionAndOtherTextAreRefused(t *testing.T) {
	text, err := os.ReadFile("testdata/report.json")
	require.NoError(t, err)
	got, err := migration.Read(fstest.MapFS{migration.ReportFile: {Data: text}})
	require.NoError(t, err)
	require.Equal(t, report(), got)
	for reason, left := range map[string]fstest.MapFS{
		"the migrations program wrote no migrations.json": {},
		"unexpected end of JSON input":                    {migration.ReportFile: {Data: []byte("{")}},
		"has version 9; this module reads version 1":      {migration.ReportFile: {Data: []byte(`{"version": 9}`)}},
	} {
		_, err := migration.Read(left)
		require.ErrorContains(t, err, reason)
	}
}

func TestLimitsConcernTablesThatExistedBefore(t *testing.T) {
	locks := []migration.Lock{{File: older, Seconds: 9}, {File: newer, Table: "users", Mode: "AccessExclusive", Seconds: 0.2}, {File: newer, Table: "posts", Mode: "RowExclusive", Seconds: 9}}
	require.Empty(t, migration.Limits{}.Exceeded(locks, 1))
	require.Empty(t, migration.Limits{Time: time.Second}.Exceeded(locks, 1), "who inserts keeps nobody out")
	hard := migration.Limits{Lock: "ShareRowExclusive"}.Exceeded(locks, 1)
	require.Len(t, hard, 1)
	require.Equal(t, "The migration takes AccessExclusive on users; the strongest lock allowed is ShareRowExclusive", hard[0].What)
	require.Len(t, migration.Limits{Time: 100 * time.Millisecond}.Exceeded(locks, 1), 1)
}

func TestAReportIsReadAsItWasWritten(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "below")
	require.NoError(t, report().Write(dir))
	got, err := migration.Read(os.DirFS(dir))
	require.NoError(t, err)
	require.Equal(t, report(), got)
}
