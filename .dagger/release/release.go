// Package release connects the commands of ci/release/delivery with the engine, which has the sources, the secrets and
// the network.
package release

import (
	"context"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/source"
	"dagger/pipeline/target"

	"github.com/renewa/pipeline/ci/output"
	"github.com/renewa/pipeline/ci/release/delivery"
	"github.com/renewa/pipeline/ci/release/image"
	"github.com/renewa/pipeline/ci/release/registry"
)

// A Deployer acts on the environments of a repository.
type Deployer struct {
	source.Repository
	Target target.Target
}

// Secrets are the secrets of an environment as a call gives them.
type Secrets struct {
	Given *dagger.Secret // nil when the call gives none
	Prune bool           // remove from Fly what pipeline.toml declares and Given lacks
}

// Wanted is the image to plan for: a digest, or what the environment before runs as this token sees it.
type Wanted struct {
	Digest      string
	SourceToken *dagger.Secret
}

// Publish returns the image of these sources in the registry of the first environment's app.
func (d Deployer) Publish(ctx context.Context) (image.Ref, error) {
	return d.delivery(d.Target.Dial).Publish(ctx)
}

// Deploy builds the image and deploys it to the first environment, or deploys the image that is built elsewhere.
func (d Deployer) Deploy(ctx context.Context, env, elsewhere string, secrets Secrets) (string, error) {
	return d.delivery(d.Target.Dial).Deploy(ctx, env, elsewhere, given(secrets))
}

// Promote deploys the image that one environment runs to the next. The source may need a token of its own.
func (d Deployer) Promote(ctx context.Context, from, to string, secrets Secrets, sourceToken *dagger.Secret) (string, error) {
	return d.delivery(d.Target.Dial).Promote(ctx, from, to, given(secrets), d.reader(sourceToken))
}

// Rollback deploys the image of an earlier release, or with plan returns what that would do.
func (d Deployer) Rollback(ctx context.Context, env, digest string, secrets *dagger.Secret, plan bool) (string, error) {
	return d.delivery(d.Target.Dial).Rollback(ctx, env, digest, text(secrets), plan)
}

// Plan returns what a deploy or promotion would do, as text or json.
func (d Deployer) Plan(ctx context.Context, env string, secrets Secrets, want Wanted, format string) (string, error) {
	wanted := delivery.Wanted{Digest: want.Digest, Source: d.reader(want.SourceToken)}
	return d.delivery(d.Target.Dial).Plan(ctx, env, given(secrets), wanted, format)
}

// Report returns what the last deploy of an environment did, as text, md or json.
func (d Deployer) Report(ctx context.Context, env, format string) (string, error) {
	return d.delivery(d.Target.Dial).Report(ctx, env, format)
}

// History returns the releases of an environment, as text or json.
func (d Deployer) History(ctx context.Context, env, format string) (string, error) {
	return d.delivery(d.Target.Dial).History(ctx, env, format)
}

// Status returns what every environment runs, as text or json.
func (d Deployer) Status(ctx context.Context, format string) (string, error) {
	return d.delivery(d.Target.Dial).Status(ctx, format)
}

// Secrets returns how the secrets of an environment differ from what Fly holds, as text or json.
func (d Deployer) Secrets(ctx context.Context, env string, secrets Secrets, format string) (string, error) {
	return d.delivery(d.Target.Dial).Secrets(ctx, env, given(secrets), format)
}

// Setup lists what an environment lacks for its first deploy, and with apply creates it.
func (d Deployer) Setup(ctx context.Context, env string, apply bool, secrets *dagger.Secret) (string, error) {
	return d.delivery(d.Target.Dial).Setup(ctx, env, apply, text(secrets))
}

// delivery returns the commands of this repository. Each method hands on the connection itself, so that a test finds
// the functions that connect to Fly.
func (d Deployer) delivery(dial target.Dial) delivery.Deployer {
	return delivery.Deployer{
		Config: d.Config, By: d.Target.By, Builder: builder(d), Say: output.Progress,
		Dial: func(ctx context.Context, holder string) (delivery.Fly, error) {
			client, err := dial(ctx)
			if err != nil {
				return nil, err
			}
			return client.WithHolder(holder), nil
		},
	}
}

// reader connects with a token that may read another environment; nil when the call gives none.
func (d Deployer) reader(token *dagger.Secret) delivery.Connection {
	if token == nil {
		return nil
	}
	return func(ctx context.Context) (delivery.Fly, error) {
		client, err := d.Target.Reader(ctx, token)
		if err != nil {
			return nil, err
		}
		return client, nil
	}
}

func given(s Secrets) delivery.Secrets {
	return delivery.Secrets{Given: text(s.Given), Prune: s.Prune}
}

// text returns a secret as ci reads it. A nil *dagger.Secret in an interface would not be nil.
func text(s *dagger.Secret) delivery.Secret {
	if s == nil {
		return nil
	}
	return s
}

// A builder builds the image on the engine.
type builder Deployer

func (b builder) Tag(ctx context.Context) (string, error) { return b.Repository.Tag(ctx) }

func (b builder) Push(ctx context.Context, to registry.Registry, app, tag string) (image.Ref, error) {
	built, err := b.Labelled(ctx)
	if err != nil {
		return image.Ref{}, err
	}
	return b.Target.Push(ctx, to, built, app, tag)
}
