package pipeline

import (
	"github.com/renewa/pipeline/ci/config/tomlfile"
)

// A Dev has the settings for running the app on a developer's machine, with a database of its own.
type Dev struct {
	Port     int               // TCP port that the app listens on
	Database string            // name of the variable for the database's address; empty: no database
	Env      map[string]string // variables for this machine only, so no secrets
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
