package repository

import (
	"github.com/renewa/pipeline/ci/config"
	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/config/tomlfile"
)

// A Dev has the settings of [dev] for running the app on a developer's machine, with a database of its own.
type Dev struct {
	Port     int               // TCP port that the app listens on
	Database string            // name of the variable for the database's address; empty: no database
	Env      map[string]string // variables for this machine only, so no secrets
}

func devTable(into **Dev) config.Table {
	return pipeline.Single("dev", into, func(t *tomlfile.Table, _ pipeline.Config) Dev {
		return Dev{
			Port:     pipeline.Port(t),
			Database: tomlfile.Or(t.String("database_url"), ""),
			Env:      pipeline.Texts(t.Table("env")),
		}
	})
}
