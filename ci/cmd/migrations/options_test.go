package main

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"ariga.io/atlas/sql/schema"
	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/verify/migration"
)

// The door writes the command; it has never met the program that reads it but here.
func TestTheProgramReadsEveryWordOfTheCommandThatTheDoorWrites(t *testing.T) {
	command := migration.Trial{
		Program: "/migrations", Dir: "/sources", Shown: "app/db", Server: "postgres://a@b/c", Like: "postgres://d@b/e", Migrator: "/app/migrate apply",
		Variable: "URL", Squawk: "/squawk", Released: "/released", Database: "OTHER", From: "2", Applied: "1", Naming: "x", Rows: 7,
		Limits: migration.Limits{Lock: "Share", Time: 90 * time.Second},
	}.Command()
	o, err := parse(strings.Fields(command)[1:], t.Output())
	require.NoError(t, err)
	require.Equal(t, options{
		dir: "/sources", shown: "app/db", server: "postgres://a@b/c", like: "postgres://d@b/e", migrate: []string{"/app/migrate", "apply"},
		variable: "URL", squawk: "/squawk", released: "/released", database: "OTHER", from: "2", applied: "1", naming: regexp.MustCompile("x"), out: ".", rows: 7,
		limits: migration.Limits{Lock: "Share", Time: 90 * time.Second},
	}, o)
	_, err = parse([]string{"-dir", "x"}, t.Output())
	require.EqualError(t, err, "the command that migrates is missing: give it after --")
}

func TestAServerThatDoesNotAnswerIsNamedWithoutItsPassword(t *testing.T) {
	_, err := connect(t.Context(), options{server: "postgres://me:do-not-tell@127.0.0.1:1/x"}, 0, t.Output())
	require.ErrorContains(t, err, "the database server 127.0.0.1:1 did not start")
	require.NotContains(t, err.Error(), "do-not-tell")
	_, err = connect(t.Context(), options{server: "do-not-tell"}, 0, t.Output())
	require.ErrorContains(t, err, "the address of the server is none")
	require.NotContains(t, err.Error(), "do-not-tell")
}

func TestWhatIsRenamedIsNotTakenForDroppedAndAdded(t *testing.T) {
	a, b := schema.NewTable("a"), schema.NewTable("b")
	c, d := schema.NewColumn("c"), schema.NewColumn("d")
	tables := schema.Changes{&schema.DropTable{T: a}, &schema.AddTable{T: b}}
	require.Equal(t, schema.Changes{&schema.RenameTable{From: a, To: b}}, renamed("ALTER TABLE a RENAME TO b", tables))
	require.Equal(t, tables, renamed("DROP TABLE a", tables))

	columns := schema.Changes{&schema.ModifyTable{T: a, Changes: schema.Changes{&schema.DropColumn{C: c}, &schema.AddColumn{C: d}}}}
	require.Equal(t, schema.Changes{&schema.ModifyTable{T: a, Changes: schema.Changes{&schema.RenameColumn{From: c, To: d}}}}, renamed("alter table a\n rename c to d", columns))
}

func TestEveryDifferenceNamesItsObject(t *testing.T) {
	a := schema.NewTable("a")
	got := described([]schema.Change{
		&schema.DropTable{T: a},
		&schema.AddSchema{S: schema.New("s")},
		&schema.ModifyTable{T: a, Changes: schema.Changes{
			&schema.ModifyColumn{To: schema.NewColumn("c"), Change: schema.ChangeType | schema.ChangeDefault},
			&schema.DropCheck{C: schema.NewCheck().SetName("k")},
			&schema.AddIndex{I: schema.NewIndex("i")},
			&schema.AddAttr{},
		}},
	})
	require.Equal(t, []string{
		"the database lacks the table a, which the migrations make",
		"the database has the schema s, which no migration makes",
		"a: the column c differs in its type and default",
		"a: the database lacks the check k, which the migrations make",
		"a: the database has the index i, which no migration makes",
		"a: it differs in what Atlas calls *schema.AddAttr",
	}, got)
}
