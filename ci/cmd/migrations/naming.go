package main

import (
	"fmt"

	"ariga.io/atlas/sql/schema"
	"ariga.io/atlas/sql/sqlcheck"

	"github.com/renewa/pipeline/ci/verify/migration"
)

// misnamed are the tables, columns and indexes that a file makes by names that pipeline.toml does not want. Atlas has an
// analyzer for names only outside its library.
func (t *trial) misnamed(f *sqlcheck.File) []migration.Finding {
	if t.naming == nil {
		return nil
	}
	var found []migration.Finding
	for _, c := range f.Changes {
		for _, made := range names(c.Changes) {
			if !t.naming.MatchString(made.name) {
				found = append(found, migration.Finding{
					Check: "lint", File: t.folder.place(f.File), Line: line(f.File, c.Stmt), Rules: []string{migration.Misnamed},
					What: fmt.Sprintf("The %s %s is not named as %s", made.kind, made.name, t.naming),
				})
			}
		}
	}
	return found
}

type name struct{ kind, name string }

func names(changes schema.Changes) (list []name) {
	for _, c := range changes {
		switch c := c.(type) {
		case *schema.AddTable:
			list = append(list, name{"table", c.T.Name})
			for _, column := range c.T.Columns {
				list = append(list, name{"column", column.Name})
			}
			for _, index := range c.T.Indexes {
				list = append(list, name{"index", index.Name})
			}
		case *schema.RenameTable:
			list = append(list, name{"table", c.To.Name})
		case *schema.ModifyTable:
			list = append(list, names(c.Changes)...)
		case *schema.AddColumn:
			list = append(list, name{"column", c.C.Name})
		case *schema.RenameColumn:
			list = append(list, name{"column", c.To.Name})
		case *schema.AddIndex:
			list = append(list, name{"index", c.I.Name})
		}
	}
	return list
}
