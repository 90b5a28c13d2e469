package atlas

import (
	"context"
	"database/sql"
	"fmt"

	"ariga.io/atlas/sql/schema"
)

// Differences compares the schema of a database with the schema that the migrations make, and describes each object that
// differs.
func Differences(ctx context.Context, made, db *sql.DB) ([]string, error) {
	driver, has, err := inspect(ctx, db)
	if err != nil {
		return nil, fmt.Errorf("the database cannot be inspected: %w", err)
	}
	_, want, err := inspect(ctx, made)
	if err != nil {
		return nil, err
	}
	changes, err := driver.RealmDiff(want, has)
	return describe(changes), err
}

// describe names each object that a database has and the migrations do not make, or the reverse. The changes lead from the
// schema that the migrations make to the schema of the database.
func describe(changes []schema.Change) []string {
	var list []string
	for _, c := range changes {
		switch c := c.(type) {
		case *schema.AddSchema:
			list = append(list, additional("schema", c.S.Name))
		case *schema.DropSchema:
			list = append(list, missing("schema", c.S.Name))
		case *schema.AddTable:
			list = append(list, additional("table", c.T.Name))
		case *schema.DropTable:
			list = append(list, missing("table", c.T.Name))
		case *schema.ModifyTable:
			for _, inner := range c.Changes {
				list = append(list, c.T.Name+": "+describeInTable(inner))
			}
		case *schema.AddObject:
			list = append(list, additional("object", fmt.Sprint(c.O)))
		case *schema.DropObject:
			list = append(list, missing("object", fmt.Sprint(c.O)))
		default:
			list = append(list, fmt.Sprintf("the database differs from the migrations by a %T", c))
		}
	}
	return list
}

func describeInTable(c schema.Change) string {
	switch c := c.(type) {
	case *schema.AddColumn:
		return additional("column", c.C.Name)
	case *schema.DropColumn:
		return missing("column", c.C.Name)
	case *schema.ModifyColumn:
		return fmt.Sprintf("the column %s differs in its %s", c.To.Name, kinds(c.Change))
	case *schema.AddIndex:
		return additional("index", c.I.Name)
	case *schema.DropIndex:
		return missing("index", c.I.Name)
	case *schema.ModifyIndex:
		return fmt.Sprintf("the index %s differs in its %s", c.To.Name, kinds(c.Change))
	case *schema.AddForeignKey:
		return additional("foreign key", c.F.Symbol)
	case *schema.DropForeignKey:
		return missing("foreign key", c.F.Symbol)
	case *schema.ModifyForeignKey:
		return fmt.Sprintf("the foreign key %s differs in its %s", c.To.Symbol, kinds(c.Change))
	case *schema.AddCheck:
		return additional("check", c.C.Name)
	case *schema.DropCheck:
		return missing("check", c.C.Name)
	case *schema.ModifyCheck:
		return fmt.Sprintf("the check %s is (%s), the migrations make it (%s)", c.To.Name, c.To.Expr, c.From.Expr)
	case *schema.AddPrimaryKey, *schema.DropPrimaryKey, *schema.ModifyPrimaryKey:
		return "the primary key differs"
	}
	return fmt.Sprintf("the table differs from the migrations by a %T", c)
}

func additional(kind, name string) string {
	return fmt.Sprintf("the database has the %s %s, which no migration makes", kind, name)
}

func missing(kind, name string) string {
	return fmt.Sprintf("the database lacks the %s %s, which the migrations make", kind, name)
}

func kinds(k schema.ChangeKind) string {
	var text string
	for _, known := range []struct {
		is   schema.ChangeKind
		name string
	}{
		{schema.ChangeType, "type"},
		{schema.ChangeNull, "NOT NULL"},
		{schema.ChangeDefault, "default"},
		{schema.ChangeGenerated, "expression"},
		{schema.ChangeUnique, "uniqueness"},
		{schema.ChangeParts, "columns"},
		{schema.ChangeColumn, "columns"},
		{schema.ChangeRefColumn, "referenced columns"},
		{schema.ChangeRefTable, "referenced table"},
		{schema.ChangeUpdateAction, "ON UPDATE"},
		{schema.ChangeDeleteAction, "ON DELETE"},
	} {
		if k.Is(known.is) && text != "" {
			text += " and " + known.name
		} else if k.Is(known.is) {
			text = known.name
		}
	}
	if text == "" {
		return "attributes"
	}
	return text
}
