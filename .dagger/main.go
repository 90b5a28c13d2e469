// Deploy an app to Fly.io: one immutable image moves from development to staging to production.
//
// The stages and their secrets are declared in pipeline.toml. An image is built once, for the first
// stage; every other stage is given the same digest by promotion.
//
//	dagger call deploy --env development
//	dagger call promote --from development --to staging
//	dagger call status
//
// Which Fly is meant, and with which token, is said by the flags below or once by a .env beside
// dagger.json (see .env.example). `make up` starts a Fly on this machine and writes one.
package main

import (
	"context"
	"errors"
	"fmt"

	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/fly"
)

// Pipeline builds, deploys and promotes one app.
type Pipeline struct {
	// +private
	Source *dagger.Directory
	// +private
	Token *dagger.Secret
	// +private
	Fly *dagger.Service
	// +private
	By string
	// +private
	Advisories *dagger.Service
}

// Take the app's repository and, for everything that talks to Fly, a token.
func New(
	// The repository: pipeline.toml, Dockerfile, fly.*.toml and the app's folder.
	// +defaultPath="/"
	// +ignore=["**/.git", "**/node_modules", "**/.env*", "!**/.env.example", "**/*.md", "**/dist", ".dagger", ".github", ".test"]
	source *dagger.Directory,
	// A Fly token that may deploy, such as env://FLY_API_TOKEN or file://token.
	// +optional
	token *dagger.Secret,
	// A Fly that runs on this machine, such as tcp://127.0.0.1:4280. Left out, Fly.io is meant.
	// +optional
	fly *dagger.Service,
	// Who deploys, told to whoever meets this deploy's lock: a name, or the address of a CI job.
	// +optional
	by string,
	// A server on this machine that has the advisories, such as tcp://127.0.0.1:5055: Trivy's database as
	// aquasecurity/trivy-db:2, and the endpoint of npm's audit. Left out, the official ones are meant.
	// +optional
	advisories *dagger.Service,
) *Pipeline {
	return &Pipeline{Source: source, Token: token, Fly: fly, By: by, Advisories: advisories}
}

// noFly is what somebody reads who has just cloned the repository.
const noFly = `no Fly was named, so nothing was done. Two ways out:
  make up                                 starts a Fly on this machine and writes .env
  cp .env.example .env, then edit it      for Fly.io, or give --token env://FLY_API_TOKEN`

// dial connects to the Fly that was named.
func (p *Pipeline) dial(ctx context.Context) (*fly.Client, error) {
	return p.dialAs(ctx, p.Token)
}

func (p *Pipeline) dialAs(ctx context.Context, token *dagger.Secret) (*fly.Client, error) {
	if token == nil {
		return nil, errors.New(noFly)
	}
	plain, err := token.Plaintext(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the Fly token: %w\nSet what --token, or TOKEN in .env, points to", err)
	}
	base := ""
	if p.Fly != nil {
		if base, err = p.base(ctx); err != nil {
			return nil, err
		}
	}
	return fly.Dial(ctx, fly.Options{Token: plain, Base: base})
}

// base is where the engine finds the local Fly.
func (p *Pipeline) base(ctx context.Context) (string, error) {
	service, err := p.Fly.Start(ctx)
	if err != nil {
		return "", fmt.Errorf("reach the local Fly that --fly names: %w\nIs it running? `make up` starts it", err)
	}
	return service.Endpoint(ctx, dagger.ServiceEndpointOpts{Scheme: "http"})
}
