// Package delivery brings images into the environments of a repository, and reports what runs there.
//
// Each method of Deployer is one command of the pipeline. A command that writes checks everything that can be refused
// before it writes anything.
package delivery

import (
	"context"

	"github.com/renewa/pipeline/ci/config"
	"github.com/renewa/pipeline/ci/release/deploy"
	"github.com/renewa/pipeline/ci/release/image"
	"github.com/renewa/pipeline/ci/release/registry"
	"github.com/renewa/pipeline/ci/release/setup"
	"github.com/renewa/pipeline/ci/release/status"
)

// Fly has the calls of Fly that the commands need. ci/fly's Client implements it.
type Fly interface {
	deploy.Platform
	setup.Platform
	status.Platform
	Report(ctx context.Context, app string, release int) ([]byte, error)
	Name() string // Fly.io, or the address of a local Fly
	Registry() registry.Registry
}

// A Builder builds the image of a repository.
type Builder interface {
	Tag(ctx context.Context) (string, error)                                            // a hash of all that the image is made from
	Push(ctx context.Context, to registry.Registry, app, tag string) (image.Ref, error) // builds the image
}

// A Secret is text that a call gives, and that is read when it is needed.
type Secret interface {
	Plaintext(ctx context.Context) (string, error)
}

// Secrets are the secrets of an environment as a call gives them.
type Secrets struct {
	Given Secret // nil when the call gives none
	Prune bool   // remove from Fly the secrets that pipeline.toml declares and Given lacks
}

// A Connection returns a client of Fly.
type Connection func(ctx context.Context) (Fly, error)

// A Deployer acts on the environments of a repository.
type Deployer struct {
	Config  config.Config
	By      string // who deploys, for others who find the app locked; may be empty
	Builder Builder
	Dial    func(ctx context.Context, holder string) (Fly, error) // holder is printed for others who find the app locked
	Say     deploy.Progress
}

// connect returns a client that takes no lease.
func (d Deployer) connect(ctx context.Context) (Fly, error) { return d.Dial(ctx, "") }

// reader returns the client that reads another environment: by a connection of its own where the call gives one.
func reader(ctx context.Context, own Fly, other Connection) (Fly, error) {
	if other == nil {
		return own, nil
	}
	return other(ctx)
}
