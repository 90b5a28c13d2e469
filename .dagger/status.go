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
	// The form of the answer: text, or json for an array of {stage, app, digest, machines, healthy, migration, url}.
	// +default="text"
	format string,
) (string, error) {
	d, err := p.deployer(ctx, nil)
	if err != nil {
		return "", output.Error(err)
	}
	text, err := d.Status(ctx, format)
	return text, output.Error(err)
}

// Show what a deploy or promotion would do to an environment, in order. Nothing is built, copied or written.
//
// Per machine: what happens, the image it has and gets, and every key of its configuration that changes; the
// secrets by name; the release command; the strategy. For the first environment it is the image of these sources:
// when the registry has none, the plan says so and does not build. For any other environment it is the image that
// the environment before runs. Plan refuses secrets that deploy would refuse.
//
//	dagger call plan --env development
//	dagger call plan --env production --secrets file://secrets.json --format json
//	dagger call plan --env production --image sha256:4f0c…
//
// +cache="never"
func (p *Pipeline) Plan(
	ctx context.Context,
	// The environment, as pipeline.toml names it.
	env string,
	// Its secrets: dotenv or JSON, one set or JSON keyed by environment.
	// +optional
	secrets *dagger.Secret,
	// Plan to delete from Fly those secrets of pipeline.toml that the given file lacks.
	// +optional
	prune bool,
	// The digest to plan for, sha256 and 64 hex digits, in place of the one that would be deployed.
	// The registry need not have it yet.
	// +optional
	image string,
	// A token that may read the app of the environment before; needed only if --token cannot read it.
	// +optional
	sourceToken *dagger.Secret,
	// The form of the answer: text or json.
	// +default="text"
	format string,
) (string, error) {
	d, err := p.deployer(ctx, nil)
	if err != nil {
		return "", output.Error(err)
	}
	text, err := d.Plan(ctx, env, release.Secrets{Given: secrets, Prune: prune}, release.Wanted{Digest: image, SourceToken: sourceToken}, format)
	return text, output.Error(err)
}

// Show how the secrets of an environment differ from what Fly holds, by name. Nothing is written, no value is shown.
//
// Added, changed and removed are what the next deploy would write, at once and without a restart of its own.
// Staged are those that Fly holds and some machine was not launched with. Missing required secrets are listed but
// are no error. Only the token that made the last deploy can tell which values changed; otherwise they are unclear.
//
//	dagger call secrets --env staging --secrets file://secrets.json
//	dagger call secrets --env staging --secrets file://secrets.json --prune --format json
//
// +cache="never"
func (p *Pipeline) Secrets(
	ctx context.Context,
	// The environment, as pipeline.toml names it.
	env string,
	// Its secrets: dotenv or JSON, one set or JSON keyed by environment. Without them: what Fly holds.
	// +optional
	secrets *dagger.Secret,
	// Show what a deploy with --prune would delete. Still nothing is written.
	// +optional
	prune bool,
	// The form of the answer: text or json.
	// +default="text"
	format string,
) (string, error) {
	d, err := p.deployer(ctx, nil)
	if err != nil {
		return "", output.Error(err)
	}
	text, err := d.Secrets(ctx, env, release.Secrets{Given: secrets, Prune: prune}, format)
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
	// The form of the answer: text, md for a job's summary, or json.
	// +default="text"
	format string,
) (string, error) {
	d, err := p.deployer(ctx, nil)
	if err != nil {
		return "", output.Error(err)
	}
	text, err := d.Report(ctx, env, format)
	return text, output.Error(err)
}
