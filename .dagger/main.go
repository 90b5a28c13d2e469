// Deploy an app to Fly.io: one immutable image moves from development to staging to production.
//
// pipeline.toml declares the environments and their secrets. Deploy builds an image once, for the first
// environment; promote brings the same digest to every other environment.
//
//	dagger call deploy --env development
//	dagger call promote --from development --to staging
//	dagger call status
//
// The flags below select Fly.io or flylocal, and the token; a .env beside dagger.json sets them for every call (see
// .env.example). `make up` starts flylocal, an emulator of Fly.io, and writes a .env.
package main

import (
	"context"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/release"
	"dagger/pipeline/scan"
	"dagger/pipeline/source"
	"dagger/pipeline/step"
	"dagger/pipeline/target"
	"dagger/pipeline/verify"
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

// Configure the module: the app's repository, and a token for the functions that call Fly.
func New(
	// The repository: pipeline.toml, Dockerfile, fly.*.toml and the app's folder.
	// +defaultPath="/"
	// +ignore=["**/.git", "**/node_modules", "**/.env*", "!**/.env.example", "**/*.md", "**/dist", ".dagger", ".github", ".test"]
	source *dagger.Directory,
	// A Fly token that may deploy, such as env://FLY_API_TOKEN or file://token.
	// +optional
	token *dagger.Secret,
	// The address of flylocal on this machine, such as tcp://127.0.0.1:4280. Default: Fly.io.
	// +optional
	fly *dagger.Service,
	// Who deploys: a name, or the URL of a CI job. Anybody whose deploy waits for this one reads it.
	// +optional
	by string,
	// A server on this machine with copies of the advisories, such as tcp://127.0.0.1:5055: Trivy's database as
	// aquasecurity/trivy-db:2, and npm's audit endpoint. Default: the official servers.
	// +optional
	advisories *dagger.Service,
) *Pipeline {
	return &Pipeline{Source: source, Token: token, Fly: fly, By: by, Advisories: advisories}
}

// load reads what the repository states.
func (p *Pipeline) load(ctx context.Context, git *dagger.Directory) (source.Repository, error) {
	return source.Load(ctx, p.Source, git)
}

func (p *Pipeline) target() target.Target {
	return target.Target{Token: p.Token, Fly: p.Fly, By: p.By}
}

// deployer returns what acts on the environments.
func (p *Pipeline) deployer(ctx context.Context, git *dagger.Directory) (release.Deployer, error) {
	r, err := p.load(ctx, git)
	return release.Deployer{Repository: r, Target: p.target()}, err
}

// makers returns the steps that pipeline.toml states, in the order of the table of ci, but for the image.
func (p *Pipeline) makers(r source.Repository, o step.Options) []step.Maker {
	return append(verify.Verifier{Repository: r, Target: p.target(), Options: o}.Makers(), p.scanners(r, o).Makers()...)
}

func (p *Pipeline) scanners(r source.Repository, o step.Options) scan.Scanners {
	return scan.Scanners{Repository: r, Advisories: p.Advisories, Options: o}
}
