// Package target connects to Fly.io, or to the flylocal that a call names.
package target

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"

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

// errNone is for people who have just cloned the repository.
var errNone = errors.New(`no target: neither Fly.io nor a local Fly is configured here, so nothing was done. Choose one:
  make up                                 starts a Fly on this machine and writes .env
  cp .env.example .env, then edit it      for Fly.io, or give --token env://FLY_API_TOKEN`)

// Dial connects with the token of the target.
func (t Target) Dial(ctx context.Context) (*fly.Client, error) {
	return t.dialAs(ctx, t.Token, "--token", "PIPELINE_TOKEN")
}

// Reader returns a connection that may read another environment: with a token of its own where one is given.
func (t Target) Reader(ctx context.Context, client *fly.Client, token *dagger.Secret) (*fly.Client, error) {
	if token == nil {
		return client, nil
	}
	reader, err := t.dialAs(ctx, token, "--source-token", "PIPELINE_…_SOURCE_TOKEN")
	if err != nil {
		return nil, fmt.Errorf("connect to Fly with --source-token: %w", err)
	}
	return reader, nil
}

func (t Target) dialAs(ctx context.Context, token *dagger.Secret, argument, setting string) (*fly.Client, error) {
	if token == nil {
		return nil, errNone
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
		return "", fmt.Errorf("reach the local Fly that --fly names: %w\nIs it running? `make up` starts it", err)
	}
	return service.Endpoint(ctx, dagger.ServiceEndpointOpts{Scheme: "http"})
}

// registryAt returns the registry as the engine reaches it: a local one by its port, through the service.
func (t Target) registryAt(ctx context.Context, client *fly.Client) (string, *dagger.Service, error) {
	if !client.Local() {
		return client.Registry().Host, nil, nil
	}
	base, err := t.base(ctx)
	if err != nil {
		return "", nil, err
	}
	u, err := url.Parse(base)
	if err != nil {
		return "", nil, err
	}
	return net.JoinHostPort("localhost", u.Port()), t.Fly, nil
}

// Push publishes a container as APP:TAG to Fly's registry, and returns its digest.
func (t Target) Push(ctx context.Context, client *fly.Client, c *dagger.Container, app, tag string) (image.Ref, error) {
	host, service, err := t.registryAt(ctx, client)
	if err != nil {
		return image.Ref{}, err
	}
	address := fmt.Sprintf("%s/%s:%s", host, app, tag)
	// The engine would reuse layers that a scan has exported uncompressed.
	at, err := c.WithRegistryAuth(host, "x", registryToken(client)).Publish(ctx, address, dagger.ContainerPublishOpts{
		RegistryService: service, ForcedCompression: dagger.ImageLayerCompressionGzip,
	})
	if err != nil {
		return image.Ref{}, fmt.Errorf("publish %s: %w", address, err)
	}
	ref, err := image.Parse(at)
	if err != nil {
		return image.Ref{}, err
	}
	return ref.On(registry.Host, ref.Repository()), nil
}

// Pull returns an image as a container: from Fly's registry with the token, any other as the engine finds it.
func (t Target) Pull(ctx context.Context, ref image.Ref) (*dagger.Container, error) {
	if ref.Host() != registry.Host {
		return container.From(ref.String()), nil
	}
	client, err := t.Dial(ctx)
	if err != nil {
		return nil, err
	}
	host, service, err := t.registryAt(ctx, client)
	if err != nil {
		return nil, err
	}
	// The engine keeps the token for this call. A container with the token in it would have the token in its cache
	// key, and be cached for this call alone.
	if _, err := dag.Container().WithRegistryAuth(host, "x", registryToken(client)).ID(ctx); err != nil {
		return nil, err
	}
	return dag.Container(dagger.ContainerOpts{Platform: container.Platform}).
		From(ref.On(host, ref.Repository()).String(), dagger.ContainerFromOpts{RegistryService: service}), nil
}

func registryToken(client *fly.Client) *dagger.Secret {
	return dag.SetSecret("fly-registry-token", client.Registry().Token)
}
