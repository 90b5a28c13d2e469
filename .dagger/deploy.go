package main

import (
	"context"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/release"

	"github.com/renewa/pipeline/ci/output"
)

// Deploy to the first environment: build, set secrets, migrate, replace the machines.
//
// Deploy refuses every other environment: only promote brings an image there. The release command migrates. The old
// version serves until the new version is healthy. A deploy that fails restores the old version and reports the cause.
// When nothing changed, deploy writes nothing.
//
//	dagger call deploy --env development
//	dagger call deploy --env development --secrets file://secrets.env
//
// +cache="never"
func (p *Pipeline) Deploy(
	ctx context.Context,
	// The environment, as pipeline.toml names it.
	env string,
	// The environment's secrets: dotenv or JSON, one set or JSON keyed by environment.
	// +optional
	secrets *dagger.Secret,
	// Delete from Fly the secrets that pipeline.toml declares and --secrets lacks.
	// +optional
	prune bool,
	// The repository's .git. Dagger finds it; give it only if --source is another repository.
	// +defaultPath="/"
	// +ignore=["**", "!.git", "!.git/**"]
	history *dagger.Directory,
) (string, error) {
	d, err := p.deployer(ctx, history)
	if err != nil {
		return "", output.Error(err)
	}
	report, err := d.Deploy(ctx, env, release.Secrets{Given: secrets, Prune: prune})
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
	// The secrets of the environment --to: dotenv or JSON, one set or JSON keyed by environment.
	// +optional
	secrets *dagger.Secret,
	// Delete from Fly the secrets that pipeline.toml declares and --secrets lacks.
	// +optional
	prune bool,
	// A token that may read the app and image of --from; needed only if --token cannot read them.
	// +optional
	sourceToken *dagger.Secret,
) (string, error) {
	d, err := p.deployer(ctx, nil)
	if err != nil {
		return "", output.Error(err)
	}
	report, err := d.Promote(ctx, from, to, release.Secrets{Given: secrets, Prune: prune}, sourceToken)
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
	// Today's secrets of the environment: dotenv or JSON, one set or JSON keyed by environment.
	// +optional
	secrets *dagger.Secret,
	// Show the image that a rollback would deploy and what would change; change nothing.
	// +optional
	plan bool,
) (string, error) {
	d, err := p.deployer(ctx, nil)
	if err != nil {
		return "", output.Error(err)
	}
	report, err := d.Rollback(ctx, env, to, secrets, plan)
	return report, output.Error(err)
}

// List what an environment lacks for its first deploy; --apply creates it.
//
// The list has: the app in its organisation; a shared IPv4 and an IPv6 address; the database with its two roles (setup
// creates them on flylocal only: on Fly.io, create them yourself); the secrets by name; and the narrowest token.
//
//	dagger call setup --env staging
//	dagger call setup --env staging --apply --secrets file://secrets.json
//
// +cache="never"
func (p *Pipeline) Setup(
	ctx context.Context,
	// The environment, as pipeline.toml names it.
	env string,
	// Create what is missing, as far as setup can.
	// +optional
	apply bool,
	// The environment's secrets. On flylocal, the database roles get the passwords in these secrets.
	// +optional
	secrets *dagger.Secret,
) (string, error) {
	d, err := p.deployer(ctx, nil)
	if err != nil {
		return "", output.Error(err)
	}
	text, err := d.Setup(ctx, env, apply, secrets)
	return text, output.Error(err)
}
