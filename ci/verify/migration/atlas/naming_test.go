package atlas

import (
	"regexp"
	"testing"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/schema"
	"ariga.io/atlas/sql/sqlcheck"
	"github.com/stretchr/testify/require"
)

func TestEveryNewNameIsComparedWithTheNaming(t *testing.T) {
	file := migrate.NewLocalFile("1_a.sql", []byte("SELECT 1;\nALTER TABLE a ADD COLUMN b int;"))
	table := schema.NewTable("Table").AddColumns(schema.NewColumn("Column")).AddIndexes(schema.NewIndex("Index"))
	other := schema.NewTable("other")
	pass := &sqlcheck.File{File: file, Changes: []*sqlcheck.Change{{
		Stmt: &migrate.Stmt{Pos: 10},
		Changes: schema.Changes{
			&schema.AddTable{T: table},
			&schema.RenameTable{From: table, To: schema.NewTable("Renamed")},
			&schema.DropTable{T: schema.NewTable("Dropped")},
			&schema.ModifyTable{T: other, Changes: schema.Changes{
				&schema.AddColumn{C: schema.NewColumn("Added")},
				&schema.RenameColumn{From: schema.NewColumn("Former"), To: schema.NewColumn("Later")},
				&schema.AddIndex{I: schema.NewIndex("good")},
				&schema.DropColumn{C: schema.NewColumn("Gone")},
			}},
		},
	}}}
	require.Empty(t, Linter{}.misnamed(pass, "db/1_a.sql"))
	var got []string
	for _, f := range (Linter{Naming: regexp.MustCompile("^[a-z]+$")}).misnamed(pass, "db/1_a.sql") {
		require.Equal(t, "db/1_a.sql:2", f.Place())
		got = append(got, f.What)
	}
	require.Equal(t, []string{
		"The name of the table Table does not match ^[a-z]+$",
		"The name of the column Column does not match ^[a-z]+$",
		"The name of the index Index does not match ^[a-z]+$",
		"The name of the table Renamed does not match ^[a-z]+$",
		"The name of the column Added does not match ^[a-z]+$",
		"The name of the column Later does not match ^[a-z]+$",
	}, got)
}
