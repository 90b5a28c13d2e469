// Deploy an app to Fly.io: one immutable image moves from development to staging to production.
//
// pipeline.toml declares the environments and their secrets. Deploy builds an image once, for the first
// environment; promote brings the same digest to every other environment.
//
//	dagger call deploy --env development
//	dagger call promote --from development --to staging
//	dagger call status
//
// The flags below stand before the name of a function; a .env beside dagger.json sets them for every call (see
// .env.example). `make up` starts flylocal, an emulator of Fly.io, and writes a .env.
//
// The functions, by file:
//
//	build.go    build, publish, dev, flylocal
//	init.go     init
//	deploy.go   deploy, promote, rollback, setup
//	status.go   status, plan, secrets, report, history
//	check.go    ci, lint, typecheck, unit, image, end-to-end, migrations, compatibility, drift, scan
//	step.go     step: list, results, bundle
//	scanner.go  scanner: trivy, semgrep, gitleaks, audit, report, baseline
//	github.go   github: gate
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

	"github.com/renewa/pipeline/ci/release/deploy/secretstate"
)

// Pipeline builds, deploys and promotes one app.
type Pipeline struct {
	// +private
	Source *dagger.Directory
	// +private
	Git *dagger.Directory
	// +private
	Token *dagger.Secret
	// +private
	Given *dagger.Secret
	// +private
	Fly *dagger.Service
	// +private
	By string
	// +private
	Advisories *dagger.Service
}

// Configure the module: the app's repository, and token and secrets for the functions that call Fly.
func New(
	// The repository: pipeline.toml, Dockerfile, fly.*.toml and the app's folder.
	// +defaultPath="/"
	// +ignore=["**/.git", "**/node_modules", ".test"]
	source *dagger.Directory,
	// The repository's whole .git, for the label that names the commit and for Gitleaks. With `dagger -m MODULE`, both
	// --source and --git are the module's own repository unless the call gives them.
	// +defaultPath="/"
	// +ignore=["**", "!.git", "!.git/**"]
	git *dagger.Directory,
	// A Fly token that may deploy, such as env://FLY_API_TOKEN or file://token.
	// +optional
	token *dagger.Secret,
	// Secrets of the environments, such as file://secrets.json: dotenv or JSON, one set or JSON keyed by environment.
	// deploy, promote, rollback, plan, secrets and setup read them, and each build that needs a secret.
	// +optional
	secrets *dagger.Secret,
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
	return &Pipeline{Source: source, Git: git, Token: token, Given: secrets, Fly: fly, By: by, Advisories: advisories}
}

// load reads what the repository states.
func (p *Pipeline) load(ctx context.Context) (source.Repository, error) {
	r, err := source.Load(ctx, p.Source, p.Git)
	return r.WithSecrets(ctx, p.Given), err
}

func (p *Pipeline) target() target.Target {
	return target.Target{Token: p.Token, Fly: p.Fly, By: p.By}
}

// deployer returns what acts on the environments.
func (p *Pipeline) deployer(ctx context.Context) (release.Deployer, error) {
	r, err := p.load(ctx)
	return release.Deployer{Repository: r, Target: p.target()}, err
}

// secrets returns the secrets of the call. prune is yes or no: a default in .env for an argument that is no text would
// have to be JSON, and DEPLOY_PRUNE=yes in an app's own .env would break every call.
func (p *Pipeline) secrets(prune string) (release.Secrets, error) {
	remove, err := secretstate.ParsePrune(prune)
	return release.Secrets{Given: p.Given, Prune: remove}, err
}

// makers returns the steps that pipeline.toml states, in the order of the table of ci, but for the image.
func (p *Pipeline) makers(r source.Repository, o step.Options) []step.Maker {
	return append(verify.Verifier{Repository: r, Target: p.target(), Options: o}.Makers(), p.scanners(r, o).Makers()...)
}

func (p *Pipeline) scanners(r source.Repository, o step.Options) scan.Scanners {
	return scan.Scanners{Repository: r, Advisories: p.Advisories, Options: o}
}
