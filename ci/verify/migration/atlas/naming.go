package atlas

import (
	"fmt"

	"ariga.io/atlas/sql/schema"
	"ariga.io/atlas/sql/sqlcheck"

	"github.com/renewa/pipeline/ci/verify/migration"
	"github.com/renewa/pipeline/ci/verify/migration/folder"
)

// misnamed finds the tables, columns and indexes of a file whose new names do not match the naming. Atlas's own analyzer
// of names is not part of its library.
func (l Linter) misnamed(f *sqlcheck.File, place string) []migration.Finding {
	if l.Naming == nil {
		return nil
	}
	var found []migration.Finding
	for _, c := range f.Changes {
		for _, n := range names(c.Changes) {
			if !l.Naming.MatchString(n.name) {
				found = append(found, migration.Finding{
					Check: "lint", File: place, Line: folder.Line(f.File, c.Stmt), Rules: []string{migration.Misnamed},
					What: fmt.Sprintf("The name of the %s %s does not match %s", n.kind, n.name, l.Naming),
				})
			}
		}
	}
	return found
}

type name struct{ kind, name string }

// names lists the names that changes give to new and renamed objects.
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
