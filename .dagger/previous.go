package main

import (
	"context"
	"errors"

	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/fly"
	"github.com/renewa/pipeline/ci/release/image"
	"github.com/renewa/pipeline/ci/release/promotion"
	"github.com/renewa/pipeline/ci/release/registry"
	"github.com/renewa/pipeline/ci/verify/compatibility"
)

// previous is the image before the new one: as it was given, or what the last stage runs.
func (p *Pipeline) previous(ctx context.Context, f pipeline.Config, given string) (compatibility.Previous, error) {
	if given != "" {
		return compatibility.Given(given)
	}
	last := f.Stages[len(f.Stages)-1]
	config, err := p.config(ctx, f, last)
	if err != nil {
		return compatibility.Previous{}, err
	}
	ref, err := p.runs(ctx, config.App)
	return compatibility.Running(last.Name, ref, err), nil
}

// runs asks Fly which image an app runs. An app that nobody has made runs nothing.
func (p *Pipeline) runs(ctx context.Context, app string) (image.Ref, error) {
	if p.Token == nil {
		return image.Ref{}, errors.New("no Fly was named")
	}
	client, err := p.dial(ctx)
	if err != nil {
		return image.Ref{}, err
	}
	if _, err := client.App(ctx, app); fly.NotFound(err) {
		return image.Ref{}, &promotion.NothingError{App: app}
	}
	return promotion.Running(ctx, client, app)
}

// pulled is an image as a container: from Fly's registry with the token, else as the engine finds it.
func (p *Pipeline) pulled(ctx context.Context, ref image.Ref) (*dagger.Container, error) {
	from := dag.Container(dagger.ContainerOpts{Platform: platform})
	if ref.Host() != registry.Host {
		return from.From(ref.String()), nil
	}
	client, err := p.dial(ctx)
	if err != nil {
		return nil, err
	}
	host, service, err := p.registryAt(ctx, client)
	if err != nil {
		return nil, err
	}
	// The engine notes the token for this call; a container that it is part of would be known by it, and cached for
	// this call alone.
	secret := dag.SetSecret("fly-registry-token", client.Registry().Token)
	if _, err := dag.Container().WithRegistryAuth(host, "x", secret).ID(ctx); err != nil {
		return nil, err
	}
	return from.From(ref.On(host, ref.Repository()).String(), dagger.ContainerFromOpts{RegistryService: service}), nil
}
