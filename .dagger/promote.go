package main

import (
	"context"
	"fmt"

	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/fly"
	"github.com/renewa/pipeline/ci/release/promotion"
)

// Promote the image that one stage runs to the next stage.
//
// The source is asked which digest it runs; all its machines must agree. The manifest is carried over
// (kilobytes, whatever the image's size) and deployed as Deploy does it. Nothing is ever built.
//
//	dagger call promote --from development --to staging
//
// +cache="never"
func (p *Pipeline) Promote(
	ctx context.Context,
	// The stage that runs the image.
	from string,
	// The stage after it.
	to string,
	// The secrets of the stage it goes to: dotenv or JSON, one set or JSON keyed by stage.
	// +optional
	secrets *dagger.Secret,
	// Remove secrets from Fly that pipeline.toml declares for it and that are not in --secrets.
	// +optional
	prune bool,
	// A token that may read the source's app and image, where one token may not see both.
	// +optional
	sourceToken *dagger.Secret,
) (string, error) {
	report, err := p.promote(ctx, from, to, secretsOf{secrets, prune}, sourceToken)
	return report, told(err)
}

func (p *Pipeline) promote(ctx context.Context, from, to string, secrets secretsOf, sourceToken *dagger.Secret) (string, error) {
	f, err := p.fleet(ctx)
	if err != nil {
		return "", err
	}
	source, target, err := promotion.Way(f, from, to)
	if err != nil {
		return "", err
	}
	config, err := p.config(ctx, f, source)
	if err != nil {
		return "", err
	}
	client, request, err := p.prepare(ctx, f, target, secrets)
	if err != nil {
		return "", err
	}
	say("fly: %s", client.Name())
	reader, err := p.readAs(ctx, client, sourceToken)
	if err != nil {
		return "", err
	}
	running, err := promotion.Running(ctx, reader, config.App)
	if err != nil {
		return "", err
	}
	images := client.Registry()
	images.Tokens = map[string]string{running.Repository(): reader.Registry().Token}
	say("%s runs %s", source.Name, running.Short())
	if request.Image, err = images.Carry(ctx, running, request.Config.App); err != nil {
		return "", err
	}
	info, err := images.Inspect(ctx, request.Image)
	if err != nil {
		return "", err
	}
	return run(ctx, client, f, request, info.SizeMB())
}

// readAs is a connection that may read the source: with a token of its own, or the same one.
func (p *Pipeline) readAs(ctx context.Context, client *fly.Client, sourceToken *dagger.Secret) (*fly.Client, error) {
	if sourceToken == nil {
		return client, nil
	}
	reader, err := p.dialAs(ctx, sourceToken)
	if err != nil {
		return nil, fmt.Errorf("with --source-token: %w", err)
	}
	return reader, nil
}
