package main

import (
	"context"
	"fmt"

	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/fly"
	"github.com/renewa/pipeline/ci/release/deploy"
	"github.com/renewa/pipeline/ci/release/image"
	"github.com/renewa/pipeline/ci/release/promotion"
	"github.com/renewa/pipeline/ci/release/registry"
)

// Show what a deploy or promote would do to a stage, in order. Nothing is built, carried or written.
//
// Per machine: what happens, the image it has and gets, and every key of its configuration that changes; the
// secrets by name; the release command; the strategy. For the first stage it is the image of these sources:
// when the registry has none, it says so and does not build. For any other stage it is the image that the
// stage before runs. A set of secrets that deploy would refuse is refused here as well.
//
//	dagger call plan --env development
//	dagger call plan --env production --secrets file://secrets.json --format json
//	dagger call plan --env production --image sha256:4f0c…
//
// +cache="never"
func (p *Pipeline) Plan(
	ctx context.Context,
	// The stage, as pipeline.toml names it.
	env string,
	// Its secrets: dotenv or JSON, one set or JSON keyed by stage.
	// +optional
	secrets *dagger.Secret,
	// Plan to remove secrets that pipeline.toml declares for Fly and that are not in --secrets.
	// +optional
	prune bool,
	// The digest to plan for, sha256 and 64 hex digits, in place of the one that would be deployed.
	// Whether the registry has it is not asked: it may be yet to be promoted.
	// +optional
	image string,
	// A token that may read the app of the stage before, where one token may not see both.
	// +optional
	sourceToken *dagger.Secret,
	// The form of the answer: text or json.
	// +default="text"
	format string,
) (string, error) {
	text, err := p.plan(ctx, env, secretsOf{secrets, prune}, wanted{image, sourceToken}, format)
	return text, told(err)
}

func (p *Pipeline) plan(ctx context.Context, env string, secrets secretsOf, want wanted, format string) (string, error) {
	if err := textOrJSON(format); err != nil {
		return "", err
	}
	f, stage, err := p.stage(ctx, env)
	if err != nil {
		return "", err
	}
	client, request, err := p.prepare(ctx, f, stage, secrets)
	if err != nil {
		return "", err
	}
	if request.Image, err = p.foreseen(ctx, client, f, stage, want); err != nil {
		return "", err
	}
	request.Unbuilt = request.Image.IsZero()
	plan, err := deploy.Make(ctx, client, request)
	if err != nil {
		return "", err
	}
	return inForm(format, plan.Forecast(client.Name())), nil
}

// wanted says which image is planned for: a digest, or what the stage before runs as this token sees it.
type wanted struct {
	digest string
	token  *dagger.Secret
}

// foreseen is the image that a stage would be given; zero while it is yet to be built.
func (p *Pipeline) foreseen(ctx context.Context, client *fly.Client, f pipeline.Config, stage pipeline.Stage, want wanted) (image.Ref, error) {
	config, err := p.config(ctx, f, stage)
	switch {
	case err != nil:
		return image.Ref{}, err
	case want.digest != "":
		ref, err := image.Parse(registry.Host + "/" + config.App + "@" + want.digest)
		if err != nil {
			return ref, fmt.Errorf("read --image: %w", err)
		}
		return ref, nil
	case stage.First:
		tag, err := p.tag(ctx, f)
		if err != nil {
			return image.Ref{}, err
		}
		ref, _, err := client.Registry().Find(ctx, config.App, tag)
		return ref, err
	}
	return p.runningBefore(ctx, client, f, stage, want.token)
}

// runningBefore is the image that the stage before runs, in the place where this stage would have it.
func (p *Pipeline) runningBefore(ctx context.Context, client *fly.Client, f pipeline.Config, stage pipeline.Stage, token *dagger.Secret) (image.Ref, error) {
	before, err := f.Stage(stage.Before)
	if err != nil {
		return image.Ref{}, err
	}
	source, err := p.config(ctx, f, before)
	if err != nil {
		return image.Ref{}, err
	}
	config, err := p.config(ctx, f, stage)
	if err != nil {
		return image.Ref{}, err
	}
	reader, err := p.readAs(ctx, client, token)
	if err != nil {
		return image.Ref{}, err
	}
	running, err := promotion.Running(ctx, reader, source.App)
	return running.On(running.Host(), config.App), err
}
