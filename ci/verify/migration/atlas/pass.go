package atlas

import (
	"context"
	"database/sql"
	"regexp"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/postgres"
	"ariga.io/atlas/sql/schema"
	"ariga.io/atlas/sql/sqlcheck"
	"ariga.io/atlas/sql/sqlclient"
)

// runStatements runs a file statement by statement and records the schema changes of each.
func runStatements(ctx context.Context, db *sql.DB, file migrate.File) (*sqlcheck.Pass, error) {
	driver, realm, err := inspect(ctx, db)
	if err != nil {
		return nil, err
	}
	statements, err := file.StmtDecls()
	if err != nil {
		return nil, err
	}
	f := &sqlcheck.File{File: file, From: realm}
	for _, s := range statements {
		if _, err := db.ExecContext(ctx, s.Text); err != nil {
			return nil, err
		}
		_, next, err := inspect(ctx, db)
		if err != nil {
			return nil, err
		}
		changes, err := driver.RealmDiff(realm, next)
		if err != nil {
			return nil, err
		}
		f.Changes = append(f.Changes, &sqlcheck.Change{Changes: withRenames(s.Text, changes), Stmt: s})
		realm = next
	}
	f.To = realm
	if f.Sum, err = driver.RealmDiff(f.From, f.To); err != nil {
		return nil, err
	}
	return &sqlcheck.Pass{File: f, Dev: &sqlclient.Client{Name: postgres.DriverName, DB: db, Driver: driver}}, nil
}

var renames = regexp.MustCompile(`(?is)^\s*ALTER\s+TABLE\b.*\bRENAME\b`)

// withRenames turns the drop and the addition of one statement into a rename when the statement renames: a comparison of two
// schemas cannot distinguish them.
func withRenames(statement string, changes schema.Changes) schema.Changes {
	if !renames.MatchString(statement) {
		return changes
	}
	var from, to *schema.Table
	for _, c := range changes {
		switch c := c.(type) {
		case *schema.DropTable:
			from = c.T
		case *schema.AddTable:
			to = c.T
		case *schema.ModifyTable:
			c.Changes = withRenamedColumn(c.Changes)
		}
	}
	if from == nil || to == nil {
		return changes
	}
	return schema.Changes{&schema.RenameTable{From: from, To: to}}
}

func withRenamedColumn(changes schema.Changes) schema.Changes {
	var from, to *schema.Column
	var others schema.Changes
	for _, c := range changes {
		switch c := c.(type) {
		case *schema.DropColumn:
			from = c.C
		case *schema.AddColumn:
			to = c.C
		default:
			others = append(others, c)
		}
	}
	if from == nil || to == nil {
		return changes
	}
	return append(others, &schema.RenameColumn{From: from, To: to})
}
