package pipeline

import (
	"cmp"

	"github.com/renewa/pipeline/ci/config/tomlfile"
)

// A Trial has the settings for running the app's image in a test, with a database of its own.
type Trial struct {
	Port      int               // TCP port that the app listens on
	Database  string            // name of the variable for the database's address
	Migration string            // name of the variable for the address with the role of the migrations; the default is Database
	Postgres  string            // image of the database
	Env       map[string]string // variables for tests only, so no secrets
}

// trial reads [trial]. It runs after stages, because the default for postgres is the image of the first environment.
func (p *parser) trial(root *tomlfile.Table) {
	t := root.Table("trial")
	if t == nil {
		return
	}
	r := &Trial{
		Port:     tomlfile.Or(t.Int("port"), 8080),
		Database: requiredText(t, "database_url", "the variable with the address of the app's database"),
		Postgres: tomlfile.Or(t.String("postgres"), p.postgres()),
		Env:      texts(t.Table("env")),
	}
	r.Migration = cmp.Or(tomlfile.Or(t.String("migration_url"), ""), r.Database)
	if r.Port < 1 || r.Port > 65535 {
		t.Refuse("port", "must be from 1 to 65535")
	}
	if r.Postgres == "" {
		t.Refuse("", "postgres is missing: the Postgres image, as in postgres:17. The database of the first environment has none to use instead")
	}
	p.config.Trial = r
}

// postgres returns the image of the first environment's database; empty without a database.
func (p *parser) postgres() string {
	if len(p.config.Stages) == 0 || p.config.First().Database == nil {
		return ""
	}
	return p.config.First().Database.Image
}

// texts reads a table of texts with any keys.
func texts(t *tomlfile.Table) map[string]string {
	list := map[string]string{}
	for _, key := range t.Keys() {
		if v := t.String(key); v != nil {
			list[key] = *v
		}
	}
	return list
}
