package atlas

import (
	"context"
	"database/sql"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/postgres"
	"ariga.io/atlas/sql/schema"

	"github.com/renewa/pipeline/ci/verify/migration/folder"
)

// An Applier applies the migrations of a directory, and records them in the table of revisions of a schema.
type Applier struct {
	Dir    migrate.Dir
	Schema string
}

// Apply runs one file and records it, in one transaction unless the file asks for none.
func (a Applier) Apply(ctx context.Context, db *sql.DB, file migrate.File) error {
	if folder.NoTransaction(file) {
		return a.execute(ctx, db, file)
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after a commit
	if err := a.execute(ctx, tx, file); err != nil {
		return err
	}
	return tx.Commit()
}

func (a Applier) execute(ctx context.Context, db schema.ExecQuerier, file migrate.File) error {
	driver, err := postgres.Open(db)
	if err != nil {
		return err
	}
	executor, err := migrate.NewExecutor(driver, a.Dir, Revisions{db, a.Schema})
	if err != nil {
		return err
	}
	return executor.Execute(ctx, file)
}

// inspect reads the schema of a database without the table of revisions.
func inspect(ctx context.Context, db schema.ExecQuerier) (migrate.Driver, *schema.Realm, error) {
	driver, err := postgres.Open(db)
	if err != nil {
		return nil, nil, err
	}
	realm, err := driver.InspectRealm(ctx, &schema.InspectRealmOption{Exclude: []string{"*." + RevisionTable}})
	return driver, realm, err
}
