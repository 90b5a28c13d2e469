package main

import (
	"fmt"

	"ariga.io/atlas/sql/schema"
)

// described names each object that a database has otherwise than the migrations make it. The changes are those that
// lead from the migrations to the database.
func described(changes []schema.Change) []string {
	var list []string
	for _, c := range changes {
		switch c := c.(type) {
		case *schema.AddSchema:
			list = append(list, more("schema", c.S.Name))
		case *schema.DropSchema:
			list = append(list, less("schema", c.S.Name))
		case *schema.AddTable:
			list = append(list, more("table", c.T.Name))
		case *schema.DropTable:
			list = append(list, less("table", c.T.Name))
		case *schema.ModifyTable:
			for _, inner := range c.Changes {
				list = append(list, c.T.Name+": "+inTable(inner))
			}
		case *schema.AddObject:
			list = append(list, more("object", fmt.Sprint(c.O)))
		case *schema.DropObject:
			list = append(list, less("object", fmt.Sprint(c.O)))
		default:
			list = append(list, fmt.Sprintf("the database differs in what Atlas calls %T", c))
		}
	}
	return list
}

func inTable(c schema.Change) string {
	switch c := c.(type) {
	case *schema.AddColumn:
		return more("column", c.C.Name)
	case *schema.DropColumn:
		return less("column", c.C.Name)
	case *schema.ModifyColumn:
		return fmt.Sprintf("the column %s differs in its %s", c.To.Name, kinds(c.Change))
	case *schema.AddIndex:
		return more("index", c.I.Name)
	case *schema.DropIndex:
		return less("index", c.I.Name)
	case *schema.ModifyIndex:
		return fmt.Sprintf("the index %s differs in its %s", c.To.Name, kinds(c.Change))
	case *schema.AddForeignKey:
		return more("foreign key", c.F.Symbol)
	case *schema.DropForeignKey:
		return less("foreign key", c.F.Symbol)
	case *schema.ModifyForeignKey:
		return fmt.Sprintf("the foreign key %s differs in its %s", c.To.Symbol, kinds(c.Change))
	case *schema.AddCheck:
		return more("check", c.C.Name)
	case *schema.DropCheck:
		return less("check", c.C.Name)
	case *schema.ModifyCheck:
		return fmt.Sprintf("the check %s is (%s), the migrations make it (%s)", c.To.Name, c.To.Expr, c.From.Expr)
	case *schema.AddPrimaryKey, *schema.DropPrimaryKey, *schema.ModifyPrimaryKey:
		return "the primary key differs"
	}
	return fmt.Sprintf("it differs in what Atlas calls %T", c)
}

func more(kind, name string) string {
	return fmt.Sprintf("the database has the %s %s, which no migration makes", kind, name)
}

func less(kind, name string) string {
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
