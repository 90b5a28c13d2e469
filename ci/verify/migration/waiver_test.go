package migration_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/verify/migration"
)

// file cuts statements at each semicolon, which is enough here.
func file(text string) migration.File {
	f := migration.File{Name: older, Text: text, Linted: true, NoTransaction: strings.Contains(text, "atlas:txmode none")}
	offset := 0
	for _, part := range strings.SplitAfter(text, ";") {
		code := part
		for strings.HasPrefix(strings.TrimSpace(code), "--") {
			_, code, _ = strings.Cut(strings.TrimLeft(code, "\n"), "\n")
		}
		if strings.Contains(code, ";") {
			code = strings.TrimLeft(code, "\n")
			f.Cut(offset+strings.Index(part, code), code)
		}
		offset += len(part)
	}
	return f
}

func lint(line int, rules ...string) migration.Finding {
	return migration.Finding{Check: "lint", File: older, Line: line, Rules: rules, What: "it"}
}

func TestAWaiverWithAReasonWaivesTheNextStatement(t *testing.T) {
	for reason, text := range map[string]string{
		"in the line above":     "-- nobody reads it\n-- squawk-ignore ban-drop-column\nDROP a;",
		"after the rules":       "-- squawk-ignore ban-drop-column, other -- nobody reads it\n\nDROP a;",
		"by Atlas's code":       "-- nobody reads it\n-- atlas:nolint DS103\nDROP a;",
		"by Atlas's analyzer":   "-- nobody reads it\n-- atlas:nolint destructive\nDROP a;",
		"of every rule":         "-- nobody reads it\n-- atlas:nolint\nDROP a;",
		"for the whole file":    "-- nobody reads it\n-- squawk-ignore-file ban-drop-column\nSELECT 1;\nSELECT 2;\nDROP a;",
		"on the line itself":    "\n\nDROP a; -- squawk-ignore ban-drop-column -- nobody reads it",
		"over lines of reasons": "-- nobody\n-- reads it\n-- squawk-ignore ban-drop-column\nDROP a;",
	} {
		line := 1 + strings.Count(text[:strings.Index(text, "DROP")], "\n")
		got := migration.Waive([]migration.File{file(text)}, []migration.Finding{lint(line, "DS103", "ban-drop-column")})
		require.Len(t, got, 1, reason)
		require.Equal(t, "nobody reads it", got[0].Waived, reason)
	}
}

func TestAWaiverWithoutAReasonOrAFindingIsAFinding(t *testing.T) {
	for reason, c := range map[string]struct{ text, rule string }{
		"no reason":             {"-- squawk-ignore ban-drop-column\nDROP a;", migration.BareWaiver},
		"a directive is none":   {"-- atlas:txmode file\n-- squawk-ignore ban-drop-column\nDROP a;", migration.BareWaiver},
		"of another rule":       {"-- why\n-- squawk-ignore ban-drop-table\nDROP a;", migration.IdleWaiver},
		"of the statement next": {"DROP a;\n-- why\n-- squawk-ignore ban-drop-column\nSELECT 1;", migration.IdleWaiver},
		"after everything":      {"DROP a;\n-- why\n-- squawk-ignore ban-drop-column\n", migration.IdleWaiver},
	} {
		line := 1 + strings.Count(c.text[:strings.Index(c.text, "DROP")], "\n")
		got := migration.Waive([]migration.File{file(c.text)}, []migration.Finding{lint(line, "ban-drop-column")})
		require.Len(t, got, 2, reason)
		require.Empty(t, got[0].Waived, reason)
		require.Equal(t, []string{c.rule}, got[1].Rules, reason)
	}
}

func TestAFactIsNotWaived(t *testing.T) {
	text := "-- why\n-- atlas:nolint\nDROP a;"
	fact := migration.Finding{Check: "up", File: older, Line: 3, Rules: []string{migration.DoesNotApply}}
	got := migration.Waive([]migration.File{file(text)}, []migration.Finding{fact})
	require.Empty(t, got[0].Waived)
	require.Equal(t, []string{migration.IdleWaiver}, got[1].Rules)
}

func TestAnUnusedWaiverIsNoFindingInAFileThatNoLinterRead(t *testing.T) {
	f := file("-- squawk-ignore ban-drop-column\nDROP a;")
	f.Linted = false
	require.Empty(t, migration.Waive([]migration.File{f}, nil))
}

func TestAFileThatRunsInNoTransactionNeedsNoReasonForTheRulesAboutTransactions(t *testing.T) {
	const rule = "ban-concurrent-index-creation-in-transaction"
	f := file("-- atlas:txmode none\n\n-- squawk-ignore " + rule + "\nCREATE INDEX CONCURRENTLY a;")
	require.Empty(t, migration.Waive([]migration.File{f}, nil))
	found, err := migration.FromSquawk([]byte(`[{"file": "1_users.sql", "line": 3, "rule_name": "`+rule+`"}]`), "", []migration.File{f})
	require.NoError(t, err)
	require.Empty(t, found)
}
