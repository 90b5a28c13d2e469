// Package pipeline parses pipeline.toml: the app, its environments in the order of promotion and its secrets. Other
// packages export a Table for each of the other tables. An environment is a Stage here, after the key [[stage]].
package pipeline

import (
	"fmt"
	"slices"

	"github.com/renewa/pipeline/ci/config/secret"
)

// A Config is a checked pipeline.toml, without the tables of other packages. Draft.Config makes it.
type Config struct {
	App     App
	Strict  bool    // unknown keys in a fly.toml are errors, not warnings
	Stages  []Stage // in the order of promotion
	Secrets []secret.Requirement

	preview *Stage
	tables  []string // the names of all tables of the file
	file    string
}

// An App describes the image, which is built once for all environments.
type App struct {
	Name        string // for titles
	Context     string // the folder with the sources
	Dockerfile  string
	Target      string // the Dockerfile's stage to build; empty: the last
	Args        map[string]string
	VersionPath string // path that answers JSON with commit, image and migration; may be empty
	MaxSizeMB   int    // limit of the compressed size in MB; 0: none

	file  string
	lines map[string]int // of the keys that [app] states
}

// A Stage is an environment of the app: one [[stage]] of pipeline.toml, or a preview.
type Stage struct {
	Name     string
	Config   string    // path of its fly.toml, which has the app's name and region
	Org      string    // Fly organisation
	Machines int       // number for each process group with a service, on a first deploy
	Database *Database // nil: none
	First    bool      // the only environment that gets a new build
	Before   string    // the environment that a promotion takes the image from; empty for the first

	Number int // of a preview's pull request; 0 for every other environment
}

// A Database is a database in a Postgres app beside the environment's app.
type Database struct {
	App   string // its Fly app
	Name  string // the database in that app
	Owner string // role of the migrations: DATABASE_URL_MIGRATION
	User  string // role of the app, which reads and writes: DATABASE_URL
	Image string
}

// States reports whether pipeline.toml has a table, such as migrations for [migrations].
func (f Config) States(table string) bool { return slices.Contains(f.tables, table) }

// First returns the environment that gets a new build.
func (f Config) First() Stage { return f.Stages[0] }

// Names returns the names of the environments in the order of promotion.
func (f Config) Names() []string {
	names := make([]string, len(f.Stages))
	for i, s := range f.Stages {
		names[i] = s.Name
	}
	return names
}

// Stage returns an environment by name, or an *UnknownStageError.
func (f Config) Stage(name string) (Stage, error) {
	if i := slices.Index(f.Names(), name); i >= 0 {
		return f.Stages[i], nil
	}
	return Stage{}, &UnknownStageError{Name: name, Known: f.Names()}
}

// Preview returns the environment of one pull request. It takes no part in promotions. A pipeline.toml without
// [preview] and a number below 1 are errors.
func (f Config) Preview(number int) (Stage, error) {
	switch {
	case f.preview == nil:
		return Stage{}, fmt.Errorf("find preview %d: %s has no [preview]: add it", number, f.file)
	case number < 1:
		return Stage{}, fmt.Errorf("find preview %d: pull requests are numbered from 1", number)
	}
	s := *f.preview
	s.Name, s.Number = fmt.Sprintf("pr-%d", number), number
	if s.Database != nil {
		d := *s.Database
		d.Name = fmt.Sprintf("%s_%d", d.Name, number)
		s.Database = &d
	}
	return s, nil
}

// AppName returns the name of the environment's Fly app, given the name in its fly.toml: the same name, except for a
// preview, whose fly.toml is a template.
func (s Stage) AppName(configured string) string {
	if s.Number > 0 {
		return fmt.Sprintf("%s-%d", configured, s.Number)
	}
	return configured
}

// IsTemplate reports whether the stage is [preview], from which each pull request gets an environment.
func (s Stage) IsTemplate() bool { return s.Name == previewName && s.Number == 0 }

// SecretStage returns the name that the stamp in this environment's secrets must have. All previews share one set.
func (s Stage) SecretStage() string {
	if s.Number > 0 {
		return previewName
	}
	return s.Name
}
