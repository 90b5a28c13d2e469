package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/config/flytoml"
	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/config/secret"
	"github.com/renewa/pipeline/ci/release/deploy"
)

const fleetFile = "pipeline.toml"

// fleet reads pipeline.toml.
func (p *Pipeline) fleet(ctx context.Context) (pipeline.Config, error) {
	text, err := p.Source.File(fleetFile).Contents(ctx)
	if err != nil {
		return pipeline.Config{}, fmt.Errorf("read %s: %w\nIt declares the stages: the README shows one", fleetFile, err)
	}
	f, err := pipeline.Parse(fleetFile, []byte(text))
	if err == nil {
		f, err = p.ignoring(ctx, f)
	}
	if err != nil {
		return f, err
	}
	apps := map[string]string{}
	for _, s := range f.Stages {
		config, err := p.config(ctx, f, s)
		if err != nil {
			return f, err
		}
		apps[s.Name] = config.App
	}
	return f, f.Check(apps)
}

// stage reads pipeline.toml and finds a stage in it.
func (p *Pipeline) stage(ctx context.Context, env string) (pipeline.Config, pipeline.Stage, error) {
	f, err := p.fleet(ctx)
	if err != nil {
		return f, pipeline.Stage{}, err
	}
	stage, err := f.Stage(env)
	return f, stage, err
}

// config reads a stage's fly.toml.
func (p *Pipeline) config(ctx context.Context, f pipeline.Config, s pipeline.Stage) (flytoml.Config, error) {
	config, _, err := p.configSource(ctx, f, s)
	return config, err
}

// configSource reads it together with the record that a release keeps of it.
func (p *Pipeline) configSource(ctx context.Context, f pipeline.Config, s pipeline.Stage) (flytoml.Config, json.RawMessage, error) {
	text, err := p.Source.File(s.Config).Contents(ctx)
	if err != nil {
		return flytoml.Config{}, nil, fmt.Errorf("read the fly.toml of stage %s: %w", s.Name, err)
	}
	config, warnings, err := flytoml.Parse(s.Config, []byte(text), flytoml.Strict(f.Strict))
	for _, w := range warnings {
		say("warning: %s", w)
	}
	if err != nil {
		return config, nil, err
	}
	source, err := flytoml.Definition([]byte(text))
	return config, source, err
}

// secretsOf are the secrets as a call gives them.
type secretsOf struct {
	given *dagger.Secret
	prune bool
}

// request is everything a deployment of a stage needs, except the image.
func (p *Pipeline) request(ctx context.Context, f pipeline.Config, s pipeline.Stage, secrets secretsOf) (deploy.Request, error) {
	config, source, err := p.configSource(ctx, f, s)
	set, serr := readSecrets(ctx, s, secrets.given)
	if serr == nil {
		serr = complete(f, s, set, secrets.given != nil)
	}
	for _, name := range set.Undeclared(f.Secrets) {
		say("warning: secret %s is not declared in %s and is not sent", name, fleetFile)
	}
	var by map[string]int
	if err == nil {
		by, err = f.Count(s, config.Groups())
	}
	r := deploy.Request{Stage: s.Name, Config: config, Source: source, Machines: s.Machines, Count: by, Prune: secrets.prune}
	return r.WithSecrets(set, f.Secrets), errors.Join(err, serr)
}

// readSecrets reads a stage's secrets as they were given: they may be none, or not complete.
func readSecrets(ctx context.Context, s pipeline.Stage, secrets *dagger.Secret) (secret.Set, error) {
	if secrets == nil {
		return secret.Set{}, nil
	}
	text, err := secrets.Plaintext(ctx)
	if err != nil {
		return secret.Set{}, fmt.Errorf("read the secrets of stage %s: %w\nCheck what --secrets points to", s.Name, err)
	}
	return secret.Parse([]byte(text), s.SecretStage())
}

// complete refuses a set that lacks what is required.
func complete(f pipeline.Config, s pipeline.Stage, set secret.Set, given bool) error {
	err := set.Check(f.Secrets)
	if err != nil && !given {
		return fmt.Errorf("no secrets were given for stage %s: add --secrets file://PATH (dotenv or JSON)\n%w", s.Name, err)
	}
	return err
}

// say tells what is happening: a line in the progress of the call.
func say(format string, args ...any) { fmt.Printf("· "+format+"\n", args...) }

// told adds to an error what it and the errors inside it advise, each advice once.
func told(err error) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	for _, hint := range hints(err) {
		if !strings.Contains(text, hint) {
			text += "\n" + hint
		}
	}
	return errors.New(text)
}

func hints(err error) []string {
	var list []string
	if h, ok := err.(interface{ Hint() string }); ok && h.Hint() != "" {
		list = append(list, h.Hint())
	}
	switch e := err.(type) {
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			list = append(list, hints(inner)...)
		}
	case interface{ Unwrap() error }:
		list = append(list, hints(e.Unwrap())...)
	}
	return list
}
