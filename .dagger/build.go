package main

import (
	"context"
	"errors"

	"dagger/pipeline/container"
	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/output"
)

// Build the production image, always for linux/amd64.
//
// Nothing is published. To look inside: dagger call build terminal
// +cache="168h"
func (p *Pipeline) Build(
	ctx context.Context,
	// The stage of the Dockerfile to build. Default: the stage that is deployed.
	// +optional
	target string,
) (*dagger.Container, error) {
	r, err := p.load(ctx)
	if err != nil {
		return nil, output.Error(err)
	}
	if r.Build, err = r.Build.WithTarget(target); err != nil {
		return nil, output.Error(err)
	}
	return r.Image(), nil
}

// Publish the image to Fly's registry and return its reference by digest.
//
// The reference is registry.fly.io/APP@sha256:…. The tag is a hash of everything that the image is built from. When
// the registry already has that tag, Publish builds nothing.
// +cache="never"
func (p *Pipeline) Publish(ctx context.Context) (string, error) {
	d, err := p.deployer(ctx)
	if err != nil {
		return "", output.Error(err)
	}
	ref, err := d.Publish(ctx)
	return ref.String(), output.Error(err)
}

// Run the app and a Postgres on this machine, as [dev] in pipeline.toml states.
//
// The database keeps its data between runs. Ctrl-C stops both. The app listens on port 8080 on all network interfaces
// of this machine; for another port: dagger call dev up --ports 9090:8080
//
//	dagger up
//
// +up
// +cache="session"
func (p *Pipeline) Dev(ctx context.Context) (*dagger.Service, error) {
	r, err := p.load(ctx)
	if err != nil {
		return nil, output.Error(err)
	}
	if r.Dev == nil {
		return nil, errors.New("pipeline.toml has no [dev]: add it; port is the port on which the app listens, database_url the variable with the address of its database")
	}
	return r.DevService(), nil
}

// Build the image of flylocal, an emulator of Fly.io for this machine.
//
// `make up` loads and starts flylocal, which runs each Fly machine as a container.
//
//	dagger call flylocal export-image --name flylocal
//
// +cache="168h"
func (p *Pipeline) Flylocal(
	// The sources of flylocal.
	// +defaultPath="/"
	// +ignore=["**", "!go.mod", "!go.sum", "!flylocal/**", "**/*_test.go"]
	sources *dagger.Directory,
) *dagger.Container {
	return container.Flylocal(sources)
}
