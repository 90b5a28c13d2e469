package main

import (
	"context"

	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/output"
)

// Deploy to the first environment: build, set secrets, migrate, replace the machines.
//
// Deploy refuses every other environment: only promote brings an image there. The release command migrates. The old
// version serves until the new version is healthy. A deploy that fails restores the old version and reports the cause.
// When nothing changed, deploy writes nothing.
//
// The secrets are those of --secrets, a flag of the module: `dagger call --help`.
//
//	dagger call deploy --env development
//	dagger call deploy --env development --image ghcr.io/acme/shop@sha256:4f0c…
//
// +cache="never"
func (p *Pipeline) Deploy(
	ctx context.Context,
	// The environment, as pipeline.toml names it.
	env string,
	// An image that is built elsewhere, by digest, REF@sha256:… of any registry: deploy builds nothing then, and copies the
	// image into the registry of the app.
	// +optional
	image string,
	// Whether to delete from Fly the secrets that pipeline.toml declares and --secrets lacks: yes or no.
	// +default="no"
	prune string,
) (string, error) {
	d, err := p.deployer(ctx)
	if err != nil {
		return "", output.Error(err)
	}
	secrets, err := p.secrets(prune)
	if err != nil {
		return "", output.Error(err)
	}
	report, err := d.Deploy(ctx, env, image, secrets)
	return report, output.Error(err)
}

// Promote the image that one environment runs to the next environment.
//
// All machines of the source environment must run the same digest. Promote copies the image's manifest (kilobytes,
// whatever the image's size) and deploys the image as deploy does. Promote builds nothing.
//
//	dagger call promote --from development --to staging
//
// +cache="never"
func (p *Pipeline) Promote(
	ctx context.Context,
	// The environment that runs the image.
	from string,
	// The environment that gets the image: the one after --from.
	to string,
	// Whether to delete from Fly the secrets that pipeline.toml declares and --secrets lacks: yes or no.
	// +default="no"
	prune string,
	// A token that may read the app and image of --from; needed only if --token cannot read them.
	// +optional
	sourceToken *dagger.Secret,
) (string, error) {
	d, err := p.deployer(ctx)
	if err != nil {
		return "", output.Error(err)
	}
	secrets, err := p.secrets(prune)
	if err != nil {
		return "", output.Error(err)
	}
	report, err := d.Promote(ctx, from, to, secrets, sourceToken)
	return report, output.Error(err)
}

// Deploy an earlier image again that ran successfully in the same environment.
//
// The image runs with the fly.toml of its release and today's secrets. Rollback does what deploy does, without the
// release command: the database keeps its schema, which may be newer than the image. Rollback lists the migrations that
// are newer. Without --to, rollback takes the last successful release before the image that runs now; a second rollback
// goes back further.
//
//	dagger call rollback --env production
//	dagger call rollback --env production --to sha256:4f0c…
//	dagger call rollback --env production --plan
//
// +cache="never"
func (p *Pipeline) Rollback(
	ctx context.Context,
	// The environment, as pipeline.toml names it.
	env string,
	// The digest to go back to, or its first digits. Rollback refuses a digest without a successful release in --env.
	// +optional
	to string,
	// Show the image that a rollback would deploy and what would change; change nothing.
	// +optional
	plan bool,
) (string, error) {
	d, err := p.deployer(ctx)
	if err != nil {
		return "", output.Error(err)
	}
	report, err := d.Rollback(ctx, env, to, p.Given, plan)
	return report, output.Error(err)
}

// List what an environment lacks for its first deploy; --apply creates it.
//
// The list has: the app in its organisation; a shared IPv4 and an IPv6 address; the database with its two roles (setup
// creates them on flylocal only, with the passwords of --secrets: on Fly.io, create them yourself); the secrets by
// name; and the narrowest token.
//
//	dagger call setup --env staging
//	dagger call setup --env staging --apply
//
// +cache="never"
func (p *Pipeline) Setup(
	ctx context.Context,
	// The environment, as pipeline.toml names it.
	env string,
	// Create what is missing, as far as setup can.
	// +optional
	apply bool,
) (string, error) {
	d, err := p.deployer(ctx)
	if err != nil {
		return "", output.Error(err)
	}
	text, err := d.Setup(ctx, env, apply, p.Given)
	return text, output.Error(err)
}
