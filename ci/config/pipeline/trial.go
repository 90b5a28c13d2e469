package pipeline

import (
	"cmp"

	"github.com/renewa/pipeline/ci/config/tomlfile"
)

// A Trial is how the app's image runs in a test, with a database of its own.
type Trial struct {
	Port      int               // the app listens on it
	Database  string            // the variable for the database's address
	Migration string            // the variable for the address with the role that migrates; Database when pipeline.toml states none
	Postgres  string            // the image of the database
	Env       map[string]string // for tests only, so no secrets
}

// trial is read after the stages: its Postgres is that of the first stage, unless [trial] states another.
func (p *parser) trial(root *tomlfile.Table) {
	t := root.Table("trial")
	if t == nil {
		return
	}
	r := &Trial{
		Port:     tomlfile.Or(t.Int("port"), 8080),
		Database: required(t, "database_url", "the variable with the address of the app's database"),
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

// postgres is the image of the first stage's database.
func (p *parser) postgres() string {
	if len(p.config.Stages) == 0 || p.config.First().Database == nil {
		return ""
	}
	return p.config.First().Database.Image
}

// texts reads a table with any keys.
func texts(t *tomlfile.Table) map[string]string {
	list := map[string]string{}
	for _, key := range t.Keys() {
		if v := t.String(key); v != nil {
			list[key] = *v
		}
	}
	return list
}
