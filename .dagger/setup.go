package main

import (
	"context"
	"fmt"

	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/config/secret"
	"github.com/renewa/pipeline/ci/release/setup"
)

// Say what a stage needs before its first deploy, and with --apply make it.
//
// That is: the app in its organisation, a shared v4 and a v6 address, the database with its two roles
// (made on a local Fly; on Fly.io it is an input), the secrets by name, and the least token that does.
//
//	dagger call setup --env staging
//	dagger call setup --env staging --apply --secrets file://secrets.json
//
// +cache="never"
func (p *Pipeline) Setup(
	ctx context.Context,
	// The stage, as pipeline.toml names it.
	env string,
	// Make what is missing and can be made from here.
	// +optional
	apply bool,
	// The stage's secrets: on a local Fly the database's passwords are taken from their addresses.
	// +optional
	secrets *dagger.Secret,
) (string, error) {
	text, err := p.setup(ctx, env, apply, secrets)
	return text, told(err)
}

func (p *Pipeline) setup(ctx context.Context, env string, apply bool, secrets *dagger.Secret) (string, error) {
	f, stage, err := p.stage(ctx, env)
	if err != nil {
		return "", err
	}
	config, err := p.config(ctx, f, stage)
	if err != nil {
		return "", err
	}
	given, err := givenSecrets(ctx, stage, secrets)
	if err != nil {
		return "", err
	}
	client, err := p.dial(ctx)
	if err != nil {
		return "", err
	}
	steps, err := setup.Plan(ctx, client, setup.Request{
		Stage: stage, App: config.App, Region: config.PrimaryRegion, Public: config.HasServices(),
		Secrets: f.Secrets, Given: given,
	})
	if err != nil {
		return "", err
	}
	if apply {
		err = setup.Apply(ctx, steps, say)
	}
	return fmt.Sprintf("fly: %s\nstage %s, app %s\n%s", client.Name(), stage.Name, config.App, setup.Text(steps)), err
}

// givenSecrets may be incomplete: what is missing is what a set-up says.
func givenSecrets(ctx context.Context, s pipeline.Stage, secrets *dagger.Secret) (*secret.Set, error) {
	if secrets == nil {
		return nil, nil
	}
	set, err := readSecrets(ctx, s, secrets)
	return &set, err
}
