package pipeline

import (
	"github.com/renewa/pipeline/ci/config/tomlfile"
)

// A Dev is how the app runs on a developer's machine, with a database of its own.
type Dev struct {
	Port     int               // the app listens on it
	Database string            // the variable for the database's address; empty for an app without a database
	Env      map[string]string // for this machine only, so no secrets
}

func (p *parser) dev(root *tomlfile.Table) {
	t := root.Table("dev")
	if t == nil {
		return
	}
	d := &Dev{
		Port:     tomlfile.Or(t.Int("port"), 8080),
		Database: tomlfile.Or(t.String("database_url"), ""),
		Env:      texts(t.Table("env")),
	}
	if d.Port < 1 || d.Port > 65535 {
		t.Refuse("port", "must be from 1 to 65535")
	}
	p.config.Dev = d
}
