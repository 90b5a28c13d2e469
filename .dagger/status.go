package main

import (
	"context"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/release"

	"github.com/renewa/pipeline/ci/output"
)

// Show what every environment runs: digest, machines, health, migration, URL.
//
//	dagger call status
//	dagger call status --format json
//
// +cache="never"
func (p *Pipeline) Status(
	ctx context.Context,
	// The output format: text, or json for an array of {stage, app, digest, commit,
	// machines, healthy, asleep, migration, url}, with no_app where the app does not exist.
	// +default="text"
	format string,
) (string, error) {
	d, err := p.deployer(ctx)
	if err != nil {
		return "", output.Error(err)
	}
	text, err := d.Status(ctx, format)
	return text, output.Error(err)
}

// Show what a deploy or promotion would do to an environment, in order.
//
// Plan builds, copies and writes nothing. It shows, per machine, what happens, the image before and after, and every
// changed key of the configuration; then the secrets by name, the release command and the strategy. For the first
// environment, plan takes the image of these sources; when the registry lacks that image, plan reports that and does not
// build. For any other environment, plan takes the image that the previous environment runs. Plan refuses secrets that
// deploy would refuse.
//
//	dagger call plan --env development
//	dagger call plan --env production --format json
//	dagger call plan --env production --image sha256:4f0c…
//
// +cache="never"
func (p *Pipeline) Plan(
	ctx context.Context,
	// The environment, as pipeline.toml names it.
	env string,
	// Whether to plan to delete from Fly the secrets that pipeline.toml declares and --secrets lacks: yes or no.
	// +default="no"
	prune string,
	// The digest to plan for instead of the one that deploy would take: whole, also of an image that the registry does not
	// have yet, or the beginning of the digest of a release of --env.
	// +optional
	image string,
	// A token that may read the app of the previous environment; needed only if --token cannot read that app.
	// +optional
	sourceToken *dagger.Secret,
	// The output format: text or json.
	// +default="text"
	format string,
) (string, error) {
	d, err := p.deployer(ctx)
	if err != nil {
		return "", output.Error(err)
	}
	secrets, err := p.secrets(prune)
	if err != nil {
		return "", output.Error(err)
	}
	text, err := d.Plan(ctx, env, secrets, release.Wanted{Digest: image, SourceToken: sourceToken}, format)
	return text, output.Error(err)
}

// Show by name how the secrets of an environment differ from those on Fly.
//
// Secrets compares Fly with --secrets, a flag of the module (without it, the secrets on Fly are listed), writes nothing
// and shows no value. The next deploy would write the added, changed and removed secrets in one
// request, without a restart for them alone. Staged secrets are on Fly, but at least one machine started without them.
// Secrets lists missing required secrets without failing. Only the token that made the last deploy can find out which
// values changed; with any other token, secrets lists them as unclear.
//
//	dagger call secrets --env staging
//	dagger call secrets --env staging --prune yes --format json
//
// +cache="never"
func (p *Pipeline) Secrets(
	ctx context.Context,
	// The environment, as pipeline.toml names it.
	env string,
	// Whether to show also what deploy --prune yes would delete, and to delete nothing: yes or no.
	// +default="no"
	prune string,
	// The output format: text or json.
	// +default="text"
	format string,
) (string, error) {
	d, err := p.deployer(ctx)
	if err != nil {
		return "", output.Error(err)
	}
	secrets, err := p.secrets(prune)
	if err != nil {
		return "", output.Error(err)
	}
	text, err := d.Secrets(ctx, env, secrets, format)
	return text, output.Error(err)
}

// Report what the last deploy of an environment did, also one that failed.
//
//	dagger call report --env production
//	dagger call report --env production --format md >> "$GITHUB_STEP_SUMMARY"
//
// +cache="never"
func (p *Pipeline) Report(
	ctx context.Context,
	// The environment, as pipeline.toml names it.
	env string,
	// The output format: text, md for the summary of a CI job, or json.
	// +default="text"
	format string,
) (string, error) {
	d, err := p.deployer(ctx)
	if err != nil {
		return "", output.Error(err)
	}
	text, err := d.Report(ctx, env, format)
	return text, output.Error(err)
}

// List the releases of an environment, newest first, with the digest to give to rollback --to.
//
// The image that runs now has a mark. History lists also releases that failed or were interrupted.
//
//	dagger call history --env production
//	dagger call history --env production --format json
//
// +cache="never"
func (p *Pipeline) History(
	ctx context.Context,
	// The environment, as pipeline.toml names it.
	env string,
	// The output format: text or json.
	// +default="text"
	format string,
) (string, error) {
	d, err := p.deployer(ctx)
	if err != nil {
		return "", output.Error(err)
	}
	text, err := d.History(ctx, env, format)
	return text, output.Error(err)
}
