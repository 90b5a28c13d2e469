package trial

import (
	"cmp"

	"github.com/renewa/pipeline/ci/config"
	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/config/tomlfile"
)

// Settings are those of [trial]: how the app's image runs in a test, with a database of its own.
type Settings struct {
	Port      int               // TCP port that the app listens on
	Database  string            // name of the variable for the database's address
	Migration string            // name of the variable for the address with the role of the migrations; the default is Database
	Postgres  string            // image of the database
	Env       map[string]string // variables for tests only, so no secrets
}

// Table decodes [trial]. The default for postgres is the image of the first environment's database.
func Table(into **Settings) config.Table { return pipeline.Single("trial", into, decode) }

func decode(t *tomlfile.Table, in pipeline.Config) Settings {
	s := Settings{
		Port:     pipeline.Port(t),
		Database: pipeline.RequiredText(t, "database_url", "the variable with the address of the app's database"),
		Postgres: tomlfile.Or(t.String("postgres"), firstPostgres(in)),
		Env:      pipeline.Texts(t.Table("env")),
	}
	s.Migration = cmp.Or(tomlfile.Or(t.String("migration_url"), ""), s.Database)
	if s.Postgres == "" {
		t.Refuse("", "postgres is missing: the Postgres image, as in postgres:17. The database of the first environment has none to use instead")
	}
	return s
}

// firstPostgres returns the image of the first environment's database; empty without a database.
func firstPostgres(in pipeline.Config) string {
	if len(in.Stages) == 0 || in.First().Database == nil {
		return ""
	}
	return in.First().Database.Image
}
