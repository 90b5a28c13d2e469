package release

import (
	"context"
	"errors"
	"fmt"
	"time"

	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/config"
	"github.com/renewa/pipeline/ci/config/secret"
	"github.com/renewa/pipeline/ci/fly"
	"github.com/renewa/pipeline/ci/output"
	"github.com/renewa/pipeline/ci/release/deploy"
)

// Secrets are the secrets of an environment as a call gives them.
type Secrets struct {
	Given *dagger.Secret // nil when the call gives none
	Prune bool           // remove from Fly what pipeline.toml declares and Given lacks
}

// prepare does everything that can be refused before anything moves, and reports all of it at once.
func (d Deployer) prepare(ctx context.Context, to config.Environment, secrets Secrets) (*fly.Client, deploy.Request, error) {
	client, derr := d.Target.Dial(ctx)
	request, rerr := d.request(ctx, to, secrets)
	if err := errors.Join(derr, rerr); err != nil {
		return nil, request, err
	}
	return client.WithHolder(d.holder(to)), request, exists(ctx, client, to)
}

// request returns everything that a deploy needs, except the image.
func (d Deployer) request(ctx context.Context, to config.Environment, secrets Secrets) (deploy.Request, error) {
	set, err := read(ctx, to, secrets.Given)
	if err == nil {
		err = d.complete(to, set, secrets.Given != nil)
	}
	for _, name := range set.Undeclared(d.Config.Secrets) {
		output.Progress("warning: secret %s is not declared in %s and is not sent", name, config.File)
	}
	r := deploy.Request{Stage: to.Name, Config: to.Fly, Source: to.Definition, Machines: to.Machines, Count: to.Count, Prune: secrets.Prune}
	return r.WithSecrets(set, d.Config.Secrets), err
}

// holder is the text for others who find the app locked by this deploy.
func (d Deployer) holder(to config.Environment) string {
	text := fmt.Sprintf("deploy to %s since %s", to.Name, time.Now().UTC().Format("15:04:05 MST"))
	if d.Target.By != "" {
		text += " by " + d.Target.By
	}
	return text
}

// exists refuses an environment whose app does not exist.
func exists(ctx context.Context, client *fly.Client, to config.Environment) error {
	_, err := client.App(ctx, to.Fly.App)
	if fly.NotFound(err) {
		return fmt.Errorf("app %s does not exist on %s: `dagger call setup --env %s` lists what is missing, --apply creates it",
			to.Fly.App, client.Name(), to.Name)
	}
	return err
}

// read parses the secrets of an environment as they were given: they may be none, or not complete.
func read(ctx context.Context, of config.Environment, given *dagger.Secret) (secret.Set, error) {
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
