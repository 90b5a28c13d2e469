// Package pipeline is what pipeline.toml states: the app, its stages in the order of promotion, its secrets and steps.
package pipeline

import (
	"fmt"
	"slices"

	"github.com/renewa/pipeline/ci/config/secret"
)

// A Config is what pipeline.toml states. Parse makes it.
type Config struct {
	App     App
	Strict  bool // unknown keys in a fly.toml are errors, not warnings
	Stages  []Stage
	Secrets []secret.Requirement
	Dev     *Dev     // nil when pipeline.toml does not state how to run the app on a developer's machine
	Toolbox *Toolbox // nil when there is none
	Checks  []Check

	Trial         *Trial         // nil when pipeline.toml does not state how the image runs in a test
	EndToEnd      *EndToEnd      // nil when there are no tests in a browser
	Compatibility *Compatibility // nil when the previous image is not tried
	Scan          *Scan          // nil when no scanner runs
	Migrations    *Migrations    // nil when no migrations are tried

	Ignored []string // patterns of files in the app's context that are not in the image's build

	preview *Stage
	counts  map[string]count // machines by stage and process group
	file    string
	lines   map[string]int // of a stage, by name
}

// An App is what is built, once for all stages.
type App struct {
	Name        string // for titles
	Context     string // the folder with the sources
	Dockerfile  string
	Target      string // the Dockerfile's stage to build; empty is the last
	VersionPath string // answers JSON with commit, image and migration; may be empty
	MaxSizeMB   int    // compressed size the image may have; 0 is any
}

// A Stage is an environment of the app.
type Stage struct {
	Name     string
	Config   string // its fly.toml, which owns the app's name and region
	Org      string
	Machines int       // of each process group that serves, on a first deploy
	Database *Database // nil when the stage has none
	First    bool      // the only stage that takes a fresh build
	Before   string    // the stage that an image comes from by promotion; empty for the first

	Number int // of a preview's pull request; 0 for every other stage
}

// A Database is a database in a Postgres app beside the stage's app.
type Database struct {
	App   string // its Fly app
	Name  string // the database in it
	Owner string // role that migrates: DATABASE_URL_MIGRATION
	User  string // role that reads and writes: DATABASE_URL
	Image string
}

// First is the stage that takes a fresh build.
func (f Config) First() Stage { return f.Stages[0] }

// Names lists the stages in order.
func (f Config) Names() []string {
	names := make([]string, len(f.Stages))
	for i, s := range f.Stages {
		names[i] = s.Name
	}
	return names
}

// Stage finds a stage by name, or returns an *UnknownStageError.
func (f Config) Stage(name string) (Stage, error) {
	if i := slices.Index(f.Names(), name); i >= 0 {
		return f.Stages[i], nil
	}
	return Stage{}, &UnknownStageError{Name: name, Known: f.Names()}
}

// Preview is the stage of one pull request. Nothing is promoted to or from it.
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

// AppName is the name of the stage's Fly app, given the one in its fly.toml: the same, except for a preview, whose
// fly.toml is a template.
func (s Stage) AppName(configured string) string {
	if s.Number > 0 {
		return fmt.Sprintf("%s-%d", configured, s.Number)
	}
	return configured
}

// SecretStage is the stage that the secrets of this stage are stamped with. All previews share one set.
func (s Stage) SecretStage() string {
	if s.Number > 0 {
		return previewName
	}
	return s.Name
}
