// Package target connects to Fly.io, or to the flylocal that a call names.
package target

import (
	"context"
	"fmt"

	"dagger/pipeline/internal/dagger"

	"dagger/pipeline/container"
	"github.com/renewa/pipeline/ci/config/secret"
	"github.com/renewa/pipeline/ci/fly"
	"github.com/renewa/pipeline/ci/release/image"
	"github.com/renewa/pipeline/ci/release/registry"
)

var dag = dagger.Connect()

// A Target is Fly.io or a flylocal, with the token and the name of the person or job that acts on it.
type Target struct {
	Token *dagger.Secret
	Fly   *dagger.Service // nil for Fly.io
	By    string          // who deploys, for others who find the app locked
}

// Dial is a function that connects to Fly.
type Dial func(ctx context.Context) (*fly.Client, error)

// Dial connects with the token of the target.
func (t Target) Dial(ctx context.Context) (*fly.Client, error) {
	return t.dialAs(ctx, t.Token, "--token", "PIPELINE_TOKEN")
}

// Reader connects with a token that may read another environment.
func (t Target) Reader(ctx context.Context, token *dagger.Secret) (*fly.Client, error) {
	reader, err := t.dialAs(ctx, token, "--source-token", "PIPELINE_…_SOURCE_TOKEN")
	if err != nil {
		return nil, fmt.Errorf("Fly cannot be reached with --source-token: %w", err)
	}
	return reader, nil
}

func (t Target) dialAs(ctx context.Context, token *dagger.Secret, argument, setting string) (*fly.Client, error) {
	if token == nil {
		return nil, fly.ErrNoTarget
	}
	plain, err := token.Plaintext(ctx)
	if err != nil {
		return nil, secret.Unreadable(argument, setting, err)
	}
	base := ""
	if t.Fly != nil {
		if base, err = t.base(ctx); err != nil {
			return nil, err
		}
	}
	return fly.Dial(ctx, fly.Options{Token: plain, Base: base})
}

// base returns the address at which the engine reaches the local Fly.
func (t Target) base(ctx context.Context) (string, error) {
	service, err := t.Fly.Start(ctx)
	if err != nil {
		return "", fmt.Errorf("the local Fly that --fly names does not answer: %w\nIs it running? `make up` starts it", err)
	}
	return service.Endpoint(ctx, dagger.ServiceEndpointOpts{Scheme: "http"})
}

// registryAt returns the registry's address as the engine reaches it: a local one by its port, through the service.
func (t Target) registryAt(ctx context.Context, r registry.Registry) (string, *dagger.Service, error) {
	if !r.Local() {
		return r.Host, nil, nil
	}
	base, err := t.base(ctx)
	if err != nil {
		return "", nil, err
	}
	host, err := registry.ThroughService(base)
	return host, t.Fly, err
}

// Push publishes a container as APP:TAG to Fly's registry, and returns its digest.
func (t Target) Push(ctx context.Context, to registry.Registry, c *dagger.Container, app, tag string) (image.Ref, error) {
	host, service, err := t.registryAt(ctx, to)
	if err != nil {
		return image.Ref{}, err
	}
	address := fmt.Sprintf("%s/%s:%s", host, app, tag)
	// The engine would reuse layers that a scan has exported uncompressed.
	at, err := c.WithRegistryAuth(host, "x", registryToken(to)).Publish(ctx, address, dagger.ContainerPublishOpts{
		RegistryService: service, ForcedCompression: dagger.ImageLayerCompressionGzip,
	})
	if err != nil {
		return image.Ref{}, fmt.Errorf("%s was not published: %w", address, err)
	}
	return registry.Published(at)
}

// Pull returns an image as a container: from Fly's registry with the token, any other as the engine finds it.
func (t Target) Pull(ctx context.Context, ref image.Ref) (*dagger.Container, error) {
	if !registry.Has(ref) {
		return container.From(ref.String()), nil
	}
	client, err := t.Dial(ctx)
	if err != nil {
		return nil, err
	}
	images := client.Registry()
	host, service, err := t.registryAt(ctx, images)
	if err != nil {
		return nil, err
	}
	// The engine keeps the token for this call. A container with the token in it would have the token in its cache
	// key, and be cached for this call alone.
	if _, err := dag.Container().WithRegistryAuth(host, "x", registryToken(images)).ID(ctx); err != nil {
		return nil, err
	}
	return dag.Container(dagger.ContainerOpts{Platform: container.Platform}).
		From(ref.On(host, ref.Repository()).String(), dagger.ContainerFromOpts{RegistryService: service}), nil
}

func registryToken(r registry.Registry) *dagger.Secret {
	return dag.SetSecret("fly-registry-token", r.Token)
}
