package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net"
	"net/url"
	"path"
	"strings"

	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/fly"
	"github.com/renewa/pipeline/ci/release/image"
	"github.com/renewa/pipeline/ci/release/registry"
)

// platform is the only one Fly's machines run, whatever the laptop.
const platform = "linux/amd64"

// Build the production image, always for linux/amd64.
//
// Nothing is published. To look inside: dagger call build terminal
// +cache="168h"
func (p *Pipeline) Build(ctx context.Context) (*dagger.Container, error) {
	f, err := p.fleet(ctx)
	if err != nil {
		return nil, told(err)
	}
	return p.build(f), nil
}

func (p *Pipeline) build(f pipeline.Config) *dagger.Container {
	return p.inputs(f).DockerBuild(dagger.DirectoryDockerBuildOpts{Dockerfile: dockerfile, Target: f.App.Target, Platform: platform})
}

const dockerfile = "Dockerfile"

// inputs is all that the image is made from, and nothing else.
func (p *Pipeline) inputs(f pipeline.Config) *dagger.Directory {
	return p.context(f).WithFile(dockerfile, p.Source.File(f.App.Dockerfile))
}

// placed are the inputs where the repository has them.
func (p *Pipeline) placed(f pipeline.Config) *dagger.Directory {
	return dag.Directory().WithDirectory(f.App.Context, p.context(f)).WithFile(f.App.Dockerfile, p.Source.File(f.App.Dockerfile))
}

// context is what docker build would send of the app's folder.
func (p *Pipeline) context(f pipeline.Config) *dagger.Directory {
	sources := p.Source.Directory(f.App.Context)
	if len(f.Ignored) > 0 {
		sources = sources.Filter(dagger.DirectoryFilterOpts{Exclude: f.Ignored})
	}
	return sources
}

// ignoring reads the app's .dockerignore, which need not be there.
func (p *Pipeline) ignoring(ctx context.Context, f pipeline.Config) (pipeline.Config, error) {
	name := path.Join(f.App.Context, pipeline.IgnoreFile)
	there, err := p.Source.Exists(ctx, name)
	if err != nil || !there {
		return f, err
	}
	text, err := p.Source.File(name).Contents(ctx)
	if err != nil {
		return f, err
	}
	return f.Ignoring(text)
}

// Publish the image to Fly's registry and return it by digest: registry.fly.io/APP@sha256:….
//
// The hash of everything the image is made from is its tag. When the registry has that tag already,
// nothing is built.
// +cache="never"
func (p *Pipeline) Publish(
	ctx context.Context,
	// The repository's .git, for the label that names the commit.
	// +defaultPath="/"
	// +ignore=["**", "!.git", "!.git/**"]
	history *dagger.Directory,
) (string, error) {
	ref, err := p.publishFirst(ctx, history)
	return ref.String(), told(err)
}

func (p *Pipeline) publishFirst(ctx context.Context, history *dagger.Directory) (image.Ref, error) {
	f, err := p.fleet(ctx)
	if err != nil {
		return image.Ref{}, err
	}
	config, err := p.config(ctx, f, f.First())
	if err != nil {
		return image.Ref{}, err
	}
	client, err := p.dial(ctx)
	if err != nil {
		return image.Ref{}, err
	}
	ref, _, err := p.publish(ctx, client, f, config.App, history)
	return ref, err
}

// publish finds the image for these inputs in the registry, or builds it. It returns the compressed size
// in megabytes too.
func (p *Pipeline) publish(ctx context.Context, client *fly.Client, f pipeline.Config, app string, history *dagger.Directory) (image.Ref, float64, error) {
	tag, err := p.tag(ctx, f)
	if err != nil {
		return image.Ref{}, 0, err
	}
	ref, found, err := client.Registry().Find(ctx, app, tag)
	if err != nil {
		return ref, 0, err
	}
	if found {
		say("image for these inputs is in the registry: %s", ref.Short())
	} else if ref, err = p.push(ctx, client, f, app, tag, history); err != nil {
		return ref, 0, err
	}
	info, err := client.Registry().Inspect(ctx, ref)
	if err == nil && f.App.MaxSizeMB > 0 && info.SizeMB() > float64(f.App.MaxSizeMB) {
		err = fmt.Errorf("the image has %.1f MB compressed, %s allows %d: nothing was deployed", info.SizeMB(), fleetFile, f.App.MaxSizeMB)
	}
	return ref, info.SizeMB(), err
}

// tag is the hash of everything the image is made from.
func (p *Pipeline) tag(ctx context.Context, f pipeline.Config) (string, error) {
	digest, err := p.inputs(f).Digest(ctx)
	if err != nil {
		return "", fmt.Errorf("read the build's inputs: %w", err)
	}
	return fmt.Sprintf("build-%x", sha256.Sum256([]byte(strings.Join([]string{digest, f.App.Target, platform}, "\n"))))[:22], nil
}

func (p *Pipeline) push(ctx context.Context, client *fly.Client, f pipeline.Config, app, tag string, history *dagger.Directory) (image.Ref, error) {
	say("building the image")
	revision, err := p.revision(ctx, f, history)
	if err != nil {
		return image.Ref{}, err
	}
	built := p.build(f).
		WithLabel("org.opencontainers.image.revision", revision).
		WithEnvVariable("APP_REVISION", revision)
	host, service, err := p.registryAt(ctx, client)
	if err != nil {
		return image.Ref{}, err
	}
	address := fmt.Sprintf("%s/%s:%s", host, app, tag)
	at, err := built.WithRegistryAuth(host, "x", dag.SetSecret("fly-registry-token", client.Registry().Token)).Publish(ctx, address, dagger.ContainerPublishOpts{RegistryService: service})
	if err != nil {
		return image.Ref{}, fmt.Errorf("publish %s: %w", address, err)
	}
	ref, err := image.Parse(at)
	if err != nil {
		return image.Ref{}, err
	}
	return ref.On(registry.Host, ref.Repository()), nil
}

// registryAt is the registry as the engine reaches it: a local one by its port, through the service.
func (p *Pipeline) registryAt(ctx context.Context, client *fly.Client) (string, *dagger.Service, error) {
	if !client.Local() {
		return client.Registry().Host, nil, nil
	}
	base, err := p.base(ctx)
	if err != nil {
		return "", nil, err
	}
	u, err := url.Parse(base)
	if err != nil {
		return "", nil, err
	}
	return net.JoinHostPort("localhost", u.Port()), p.Fly, nil
}

// revision is the last commit that touched the build's inputs, so that a commit of documentation gives
// no new image. Changes that are not committed are said.
func (p *Pipeline) revision(ctx context.Context, f pipeline.Config, history *dagger.Directory) (string, error) {
	if entries, err := history.Entries(ctx); err != nil || len(entries) == 0 {
		return "unknown", err
	}
	paths := []string{f.App.Context, f.App.Dockerfile}
	out, err := dag.Container(dagger.ContainerOpts{Platform: platform}).From(golangImage).
		WithDirectory("/src", p.Source).
		WithDirectory("/src", history).
		WithWorkdir("/src").
		WithExec(append([]string{"sh", "-c", gitRevision, "sh"}, paths...)).
		Stdout(ctx)
	if err != nil {
		return "", fmt.Errorf("find the commit of the build's inputs: %w", err)
	}
	return strings.TrimSpace(out), nil
}

const gitRevision = `git config --global --add safe.directory /src
commit=$(git log -1 --format=%H -- "$@")
test -z "$(git status --porcelain -- "$@")" || changed=-changed
echo "${commit:-unknown}$changed"`
