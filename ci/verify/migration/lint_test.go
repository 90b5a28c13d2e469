package migration_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/verify/migration"
)

const squawked = `[
  {"file": "1_users.sql", "line": 2, "rule_name": "ban-drop-column", "message": "Dropping a column may break existing clients.", "help": null},
  {"file": "1_users.sql", "line": 4, "rule_name": "require-concurrent-index-creation", "message": "Updates are blocked.", "help": "Use CONCURRENTLY."},
  {"file": "1_users.sql", "line": 4, "rule_name": "some-new-rule", "message": "It is new.", "help": null},
  {"file": "elsewhere.sql", "line": 0, "rule_name": "ban-drop-column", "message": "", "help": null}
]`

func TestAProblemThatBothLintersFindIsOneFinding(t *testing.T) {
	files := []migration.File{file("ALTER TABLE a\n  ADD b text,\n  DROP c;\n\nCREATE INDEX d ON a (b);\n")}
	squawk, err := migration.FromSquawk([]byte(squawked), "", files)
	require.NoError(t, err)
	atlas := migration.Finding{Check: "lint", File: older, Line: 1, Rules: []string{"DS103"}, What: `Dropping non-virtual column "c"`}

	merged := migration.Merge(files, []migration.Finding{atlas}, squawk)
	require.Len(t, merged, 3)
	require.Equal(t, []string{"DS103", "ban-drop-column"}, merged[0].Rules)
	require.Equal(t, atlas.What, merged[0].What)
	index := merged[1]
	require.Equal(t, older+":5", index.Place())
	require.Equal(t, "`CREATE INDEX d ON a (b)`", index.What)
	require.Equal(t, "Updates are blocked.", index.Why)
	require.Equal(t, "Use CONCURRENTLY.", index.Instead)
	require.Equal(t, "see https://squawkhq.com/docs/some-new-rule", merged[2].Instead)
}

func TestALinterThatDidNotFinishIsAnErrorAndNoFindings(t *testing.T) {
	for _, report := range []string{"", "[", "thread 'main' panicked"} {
		_, err := migration.FromSquawk([]byte(report), "panicked at main.rs\nexit code 101\n", nil)
		require.ErrorContains(t, err, "squawk wrote no report")
		require.ErrorContains(t, err, "exit code 101")
	}
}

func TestAMigrationMovesDataWhenItChangesOrComputesFromRows(t *testing.T) {
	for statement, moves := range map[string]bool{
		"UPDATE a SET b = c":                                                       true,
		"update only public.\"a\" AS x set b = 1":                                  true,
		"DELETE FROM a WHERE b":                                                    true,
		"INSERT INTO a (b)\nSELECT c\nFROM d":                                      true,
		"WITH x AS (DELETE FROM a RETURNING *) SELECT 1":                           true,
		"MERGE INTO a USING b ON true WHEN MATCHED THEN DELETE":                    true,
		"DO $$ BEGIN UPDATE a SET b = 1; END $$":                                   true,
		"INSERT INTO a VALUES (1)":                                                 false,
		"CREATE TABLE a (b int REFERENCES c ON DELETE CASCADE ON UPDATE SET NULL)": false,
		"CREATE FUNCTION f() RETURNS void AS $$ UPDATE a SET b = 1 $$":             false,
		"COMMENT ON TABLE a IS 'UPDATE a SET b = 1'":                               false,
		"-- UPDATE a SET b = 1\nSELECT 1":                                          false,
		"SELECT * FROM a FOR UPDATE":                                               false,
	} {
		require.Equal(t, moves, migration.MovesData(statement), statement)
	}
}
