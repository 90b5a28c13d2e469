package main

import (
	"context"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/release"

	"github.com/renewa/pipeline/ci/output"
)

// Deploy the app to the first environment: build, stage secrets, run the release command, roll the machines.
//
// Other environments are refused: there an image arrives by promotion only. The old version keeps serving until
// the new one is healthy. A deploy that fails puts the old version back and reports what happened. When nothing
// changed, nothing is touched.
//
//	dagger call deploy --env development
//	dagger call deploy --env development --secrets file://secrets.env
//
// +cache="never"
func (p *Pipeline) Deploy(
	ctx context.Context,
	// The environment, as pipeline.toml names it.
	env string,
	// Its secrets: dotenv or JSON, one set or JSON keyed by environment.
	// +optional
	secrets *dagger.Secret,
	// Delete from Fly those secrets of pipeline.toml that the given file lacks.
	// +optional
	prune bool,
	// Folder of the .git; found by itself, needed only with --source elsewhere.
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
// All machines of the source must run the same digest. Promote copies its manifest (kilobytes, whatever the image's
// size) and deploys it as Deploy does. Nothing is ever built.
//
//	dagger call promote --from development --to staging
//
// +cache="never"
func (p *Pipeline) Promote(
	ctx context.Context,
	// The environment that runs the image.
	from string,
	// The environment after it.
	to string,
	// The secrets of the environment it goes to: dotenv or JSON, one set or JSON keyed by environment.
	// +optional
	secrets *dagger.Secret,
	// Delete from Fly those secrets of pipeline.toml that the given file lacks.
	// +optional
	prune bool,
	// A token that may read the source's app and image; needed only if --token cannot read them.
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

// Put an environment back on an earlier image that ran well in that same environment.
//
// The image runs with the fly.toml of its release and today's secrets. The steps are those of Deploy, without the
// release command: the database stays as it is, ahead of that image. Rollback warns of the migrations that came in
// between. Without --to it takes the last successful release before the image that runs now; another rollback goes
// back further.
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
	// The digest to go back to, or its beginning. A digest without a successful release here is refused.
	// +optional
	to string,
	// Today's secrets of the environment: dotenv or JSON, one set or JSON keyed by environment.
	// +optional
	secrets *dagger.Secret,
	// Show where a rollback would go and what it would do, and touch nothing.
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
// These are: the app in its organisation, a shared v4 and a v6 address, the database with its two roles
// (created on a local Fly; on Fly.io it is an input), the secrets by name, and the token with the least rights.
//
//	dagger call setup --env staging
//	dagger call setup --env staging --apply --secrets file://secrets.json
//
// +cache="never"
func (p *Pipeline) Setup(
	ctx context.Context,
	// The environment, as pipeline.toml names it.
	env string,
	// Create what is missing and can be created from here.
	// +optional
	apply bool,
	// The environment's secrets: on a local Fly the roles get the passwords of their addresses.
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
