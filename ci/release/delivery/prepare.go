package delivery

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/renewa/pipeline/ci/config"
	"github.com/renewa/pipeline/ci/config/secret"
	"github.com/renewa/pipeline/ci/release/deploy"
	"github.com/renewa/pipeline/ci/release/setup"
)

// prepare does everything that can be refused before anything moves, and reports all of it at once.
func (d Deployer) prepare(ctx context.Context, to config.Environment, secrets Secrets) (Fly, deploy.Request, error) {
	client, derr := d.Dial(ctx, d.holder(to, time.Now()))
	request, rerr := d.request(ctx, to, secrets)
	if err := errors.Join(derr, rerr); err != nil {
		return nil, request, err
	}
	return client, request, exists(ctx, client, to)
}

// request returns everything that a deploy needs, except the image.
func (d Deployer) request(ctx context.Context, to config.Environment, secrets Secrets) (deploy.Request, error) {
	set, err := read(ctx, to, secrets.Given)
	if err == nil {
		err = d.complete(to, set, secrets.Given != nil)
	}
	for _, name := range set.Undeclared(d.Config.Secrets) {
		d.Say("warning: secret %s is not declared in %s and is not sent%s", name, config.File, secret.DidYouMean(name, d.Config.Secrets))
	}
	r := deploy.Request{Stage: to.Name, Config: to.Fly, Source: to.Definition, Machines: to.Machines, Count: to.Count, Prune: secrets.Prune}
	return r.WithSecrets(set, d.Config.Secrets), err
}

// holder is the text for others who find the app locked by this deploy.
func (d Deployer) holder(to config.Environment, since time.Time) string {
	text := fmt.Sprintf("deploy to %s since %s", to.Name, since.UTC().Format("15:04:05 MST"))
	if d.By != "" {
		text += " by " + d.By
	}
	return text
}

// exists refuses an environment whose app does not exist.
func exists(ctx context.Context, client Fly, to config.Environment) error {
	_, err := client.App(ctx, to.Fly.App)
	if client.Absent(err) {
		return &setup.NoAppError{App: to.Fly.App, Environment: to.Name, Fly: client.Name()}
	}
	return err
}

// read parses the secrets of an environment as they were given: they may be none, or not complete.
func read(ctx context.Context, of config.Environment, given Secret) (secret.Set, error) {
	if given == nil {
		return secret.Set{}, nil
	}
	text, err := given.Plaintext(ctx)
	if err != nil {
		return secret.Set{}, secret.Unreadable("--secrets", "PIPELINE_SECRETS", err)
	}
	return secret.Parse([]byte(text), of.SecretStage())
}

// complete refuses a set that lacks what is required.
func (d Deployer) complete(of config.Environment, set secret.Set, given bool) error {
	err := set.Check(d.Config.Secrets)
	if err != nil && !given {
		return fmt.Errorf("no secrets were given for environment %s: add --secrets file://PATH (dotenv or JSON)\n%w", of.Name, err)
	}
	return err
}
