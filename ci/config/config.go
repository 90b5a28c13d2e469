// Package config loads the configuration of a repository, once: pipeline.toml, the fly.toml of every environment and
// the app's .dockerignore.
package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"github.com/renewa/pipeline/ci/config/flytoml"
	"github.com/renewa/pipeline/ci/config/pipeline"
)

// File is the name of the file that states the pipeline, at the top of the repository.
const File = "pipeline.toml"

// A Config is everything a repository states, parsed and checked. Load makes it; nothing parses again.
type Config struct {
	pipeline.Config
	Environments []Environment // in the order of promotion
}

// An Environment is a stage of pipeline.toml with its fly.toml.
type Environment struct {
	pipeline.Stage
	Fly        flytoml.Config
	Definition json.RawMessage // the fly.toml as JSON, in the form that Fly keeps with a release
	Count      map[string]int  // number of machines on a first deploy, by process group; nil unless pipeline.toml states it by group
}

// Load parses every file of the configuration, each once. Load returns all problems at once, as errors that name
// file and line, and the warnings about suspicious lines. The function read returns a file of the repository by its
// path; the error of read matches fs.ErrNotExist when there is no such file.
func Load(read func(name string) ([]byte, error)) (Config, []flytoml.Warning, error) {
	text, err := read(File)
	if err != nil {
		return Config{}, nil, fmt.Errorf("read %s: %w\nThe file declares the environments: copy the example of the README", File, err)
	}
	parsed, err := pipeline.Parse(File, text)
	if err != nil {
		return Config{}, nil, err
	}
	if parsed, err = withIgnored(parsed, read); err != nil {
		return Config{}, nil, err
	}
	c, apps := Config{Config: parsed}, map[string]string{}
	var warnings []flytoml.Warning
	var problems []error
	for _, stage := range parsed.Stages {
		e, warned, err := environment(parsed, stage, read)
		apps[stage.Name] = e.Fly.App
		c.Environments = append(c.Environments, e)
		warnings, problems = append(warnings, warned...), append(problems, err)
	}
	if err := errors.Join(problems...); err != nil {
		return Config{}, warnings, err
	}
	return c, warnings, c.Check(apps)
}

// withIgnored returns p with the patterns of the app's .dockerignore. A missing .dockerignore is no error.
func withIgnored(p pipeline.Config, read func(string) ([]byte, error)) (pipeline.Config, error) {
	name := path.Join(p.App.Context, pipeline.IgnoreFile)
	text, err := read(name)
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil
	}
	if err == nil {
		p, err = p.WithIgnored(string(text))
	}
	if err != nil {
		return p, fmt.Errorf("read %s: %w", name, err)
	}
	return p, nil
}

func environment(p pipeline.Config, stage pipeline.Stage, read func(string) ([]byte, error)) (Environment, []flytoml.Warning, error) {
	e := Environment{Stage: stage}
	text, err := read(stage.Config)
	if err != nil {
		return e, nil, fmt.Errorf("read the fly.toml of environment %s: %w", stage.Name, err)
	}
	var warnings []flytoml.Warning
	if e.Fly, warnings, err = flytoml.Parse(stage.Config, text, flytoml.Strict(p.Strict)); err != nil {
		return e, warnings, err
	}
	if e.Definition, err = flytoml.Definition(text); err != nil {
		return e, warnings, err
	}
	e.Count, err = p.Count(stage, e.Fly.Groups())
	return e, warnings, err
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
