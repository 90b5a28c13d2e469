package atlas

import (
	"testing"

	"ariga.io/atlas/sql/schema"
	"github.com/stretchr/testify/require"
)

func TestARenameIsNoDropWithAnAddition(t *testing.T) {
	a, b := schema.NewTable("a"), schema.NewTable("b")
	c, d := schema.NewColumn("c"), schema.NewColumn("d")
	tables := schema.Changes{&schema.DropTable{T: a}, &schema.AddTable{T: b}}
	require.Equal(t, schema.Changes{&schema.RenameTable{From: a, To: b}}, withRenames("ALTER TABLE a RENAME TO b", tables))
	require.Equal(t, tables, withRenames("DROP TABLE a", tables))

	columns := schema.Changes{&schema.ModifyTable{T: a, Changes: schema.Changes{&schema.DropColumn{C: c}, &schema.AddColumn{C: d}}}}
	require.Equal(t, schema.Changes{&schema.ModifyTable{T: a, Changes: schema.Changes{&schema.RenameColumn{From: c, To: d}}}}, withRenames("alter table a\n rename c to d", columns))
}

func TestEveryDifferenceNamesItsObject(t *testing.T) {
	a := schema.NewTable("a")
	got := describe([]schema.Change{
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
		"a: the table differs from the migrations by a *schema.AddAttr",
	}, got)
}
