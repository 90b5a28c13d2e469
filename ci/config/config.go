// Package config loads the configuration of a repository, once: pipeline.toml, the fly.toml of every environment, the
// Dockerfile and its .dockerignore.
package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"github.com/renewa/pipeline/ci/config/build"
	"github.com/renewa/pipeline/ci/config/flytoml"
	"github.com/renewa/pipeline/ci/config/pipeline"
)

// File is the name of the file that states the pipeline, at the top of the repository.
const File = "pipeline.toml"

// A Config is everything that a repository states, except for the tables of other packages, parsed and checked. Load
// makes it; nothing parses again.
type Config struct {
	pipeline.Config
	Build        build.Build   // what the image is built from
	Environments []Environment // in the order of promotion
	Previews     *Environment  // the template of the previews; nil without [preview]
}

// An Environment is a stage of pipeline.toml with its fly.toml.
type Environment struct {
	pipeline.Stage
	Fly        flytoml.Config
	Definition json.RawMessage // the fly.toml as JSON, in the form that Fly keeps with a release
	Count      map[string]int  // number of machines on a first deploy, by process group; nil unless pipeline.toml states it by group
}

// A Table is a table of pipeline.toml that another package uses.
type Table = pipeline.Table

// Files are the files of a repository.
type Files interface {
	// Read returns a file by its path. The error matches fs.ErrNotExist when there is no such file.
	Read(name string) ([]byte, error)
	// Glob returns the paths of the files that match a pattern of package path.
	Glob(pattern string) ([]string, error)
}

// Load parses every file of the configuration, each once. Load returns all problems of all files at once, as errors
// that name file and line, and the warnings about suspicious lines. A table of pipeline.toml that is in no element of
// tables is an unknown table. After an error, the caller must not use what the tables decoded.
func Load(files Files, tables ...Table) (Config, []flytoml.Warning, error) {
	text, err := files.Read(File)
	if err != nil {
		return Config{}, nil, fmt.Errorf("read %s: %w\nThe file declares the environments: copy the example of the README", File, err)
	}
	draft, err := pipeline.Read(File, text, tables...)
	if err != nil {
		return Config{}, nil, err
	}
	l := loader{files: files, draft: draft}
	var c Config
	for _, stage := range draft.Stages() {
		e := l.environment(stage)
		if stage.IsTemplate() {
			c.Previews = &e
		} else {
			c.Environments = append(c.Environments, e)
		}
	}
	c.Build = l.build(c.Environments)
	if c.Config, err = draft.Config(); err != nil {
		l.problems = append([]error{err}, l.problems...)
	}
	if err := errors.Join(l.problems...); err != nil {
		return Config{}, l.warnings, err
	}
	c.App.Dockerfile, c.App.Target, c.App.Args = c.Build.Dockerfile, c.Build.Target, c.Build.Args
	return c, l.warnings, nil
}

// A loader reads the files that a pipeline.toml names.
type loader struct {
	files    Files
	draft    *pipeline.Draft
	warnings []flytoml.Warning
	problems []error // of the other files; those of pipeline.toml are in draft
}

func (l *loader) refuse(err error) { l.problems = append(l.problems, err) }

// build reads what the image is built from: [app], and [build] of the first environment's fly.toml.
func (l *loader) build(environments []Environment) build.Build {
	if l.draft.App().Dockerfile == "" || len(environments) == 0 { // a problem of the draft
		return build.Build{}
	}
	first := environments[0]
	b, warnings, err := build.Load(l.draft.App(), l.draft.Secrets(), first.Fly.Build, l.files.Read)
	if l.warnings = append(l.warnings, warnings...); err != nil {
		l.refuse(err)
	}
	for _, e := range environments[1:] {
		l.warnings = append(l.warnings, e.Fly.Build.Unused(first.Fly.Build, first.Name)...)
	}
	return b
}

// environment reads the fly.toml of an environment.
func (l *loader) environment(stage pipeline.Stage) Environment {
	e := Environment{Stage: stage}
	text, err := l.files.Read(stage.Config)
	if errors.Is(err, fs.ErrNotExist) {
		l.missing(stage)
		return e
	}
	if err != nil {
		l.refuse(fmt.Errorf("read the fly.toml of environment %s: %w", stage.Name, err))
		return e
	}
	var warnings []flytoml.Warning
	e.Fly, warnings, err = flytoml.Parse(stage.Config, text, flytoml.Strict(l.draft.Strict()))
	l.warnings = append(l.warnings, warnings...)
	if err != nil {
		l.refuse(err)
		return e
	}
	l.draft.Claim(stage, e.Fly.App)
	e.Definition, e.Count = e.Fly.Definition(), l.draft.Count(stage, e.Fly.Groups())
	return e
}

// missing reports a fly.toml that does not exist, with the files beside it that are perhaps meant.
func (l *loader) missing(stage pipeline.Stage) {
	names, err := l.files.Glob(path.Join(path.Dir(stage.Config), "fly*.toml"))
	if err != nil {
		l.refuse(fmt.Errorf("look for a fly.toml like %s: %w", stage.Config, err))
	}
	slices.Sort(names)
	l.draft.Missing(stage, names)
}

// Environment returns an environment by name, or a *pipeline.UnknownStageError.
func (c Config) Environment(name string) (Environment, error) {
	if i := slices.Index(c.Names(), name); i >= 0 {
		return c.Environments[i], nil
	}
	return Environment{}, &pipeline.UnknownStageError{Name: name, Known: c.Names()}
}

// First returns the environment that takes a fresh build.
func (c Config) First() Environment { return c.Environments[0] }

// Last returns the environment at the end of all promotions.
func (c Config) Last() Environment { return c.Environments[len(c.Environments)-1] }

// Apps returns the name of every environment's Fly app, by the environment's name.
func (c Config) Apps() map[string]string {
	apps := make(map[string]string, len(c.Environments))
	for _, e := range c.Environments {
		apps[e.Name] = e.Fly.App
	}
	return apps
}
