package source

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"

	"dagger/pipeline/container"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/target"

	"github.com/renewa/pipeline/ci/config"
	"github.com/renewa/pipeline/ci/fly"
	"github.com/renewa/pipeline/ci/output"
	"github.com/renewa/pipeline/ci/release/image"
	"github.com/renewa/pipeline/ci/release/revision"
)

const dockerfile = "Dockerfile"

// Image builds the image that is deployed.
func (r Repository) Image() *dagger.Container {
	return r.imageInputs().DockerBuild(dagger.DirectoryDockerBuildOpts{Dockerfile: dockerfile, Target: r.App.Target, Platform: container.Platform})
}

// imageInputs returns all that the image is made from, as docker build has it.
func (r Repository) imageInputs() *dagger.Directory {
	return r.context().WithFile(dockerfile, r.dockerfile())
}

// Stage builds a stage of the Dockerfile from nothing but these files of the app's context.
func (r Repository) Stage(name string, files []string) *dagger.Container {
	return r.StageFiles(files).Directory(r.App.Context).WithFile(dockerfile, r.dockerfile()).
		DockerBuild(dagger.DirectoryDockerBuildOpts{Dockerfile: dockerfile, Target: name, Platform: container.Platform})
}

// Tag returns the hash of all that the image is made from.
func (r Repository) Tag(ctx context.Context) (string, error) {
	digest, err := r.imageInputs().Digest(ctx)
	if err != nil {
		return "", fmt.Errorf("read the build's inputs: %w", err)
	}
	return fmt.Sprintf("build-%x", sha256.Sum256([]byte(strings.Join([]string{digest, r.App.Target, container.Platform}, "\n"))))[:22], nil
}

// Publish returns the image of these sources in an app's registry, and its compressed size in megabytes. When the
// registry has no image for these inputs, Publish builds it.
func (r Repository) Publish(ctx context.Context, to target.Target, client *fly.Client, app string) (image.Ref, float64, error) {
	tag, err := r.Tag(ctx)
	if err != nil {
		return image.Ref{}, 0, err
	}
	ref, found, err := client.Registry().Find(ctx, app, tag)
	if err != nil {
		return ref, 0, err
	}
	if found {
		output.Progress("image for these inputs is in the registry: %s", ref.Short())
	} else if ref, err = r.push(ctx, to, client, app, tag); err != nil {
		return ref, 0, err
	}
	info, err := client.Registry().Inspect(ctx, ref)
	if err == nil && r.App.MaxSizeMB > 0 && info.SizeMB() > float64(r.App.MaxSizeMB) {
		err = fmt.Errorf("the image has %.1f MB compressed, max_size_mb in %s allows %d: nothing was deployed. Make the image smaller, or raise max_size_mb", info.SizeMB(), config.File, r.App.MaxSizeMB)
	}
	return ref, info.SizeMB(), err
}

func (r Repository) push(ctx context.Context, to target.Target, client *fly.Client, app, tag string) (image.Ref, error) {
	output.Progress("building the image")
	of, err := r.Revision(ctx)
	if err != nil {
		return image.Ref{}, err
	}
	if warning := of.Warning(); warning != "" {
		output.Progress("warning: %s", warning)
	}
	built := r.Image().
		WithLabel("org.opencontainers.image.revision", of.Label()).
		WithEnvVariable("APP_REVISION", of.Label())
	return to.Push(ctx, client, built, app, tag)
}

// Revision asks git which commit the image's inputs are of, and whether the repository's .git is the history of its
// files. Only this function reads the work tree with git.
func (r Repository) Revision(ctx context.Context) (revision.Revision, error) {
	tree := container.From(container.Golang).WithDirectory("/src", r.Files).WithWorkdir("/src")
	if r.Git != nil {
		tree = tree.WithDirectory("/src", r.Git)
	}
	out, err := tree.WithExec(revision.Args(r.App.Context, r.App.Dockerfile)).Stdout(ctx)
	if err != nil {
		return revision.Revision{}, fmt.Errorf("find the commit of the build's inputs: %w", err)
	}
	return revision.Read(out)
}
