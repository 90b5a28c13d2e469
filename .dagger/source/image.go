package source

import (
	"context"
	"fmt"

	"dagger/pipeline/container"
	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/output"
	"github.com/renewa/pipeline/ci/release/registry"
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
	return registry.BuildTag(digest, r.App.Target, container.Platform), nil
}

// Labelled returns the image that is deployed, with the commit of its inputs as a label and a variable.
func (r Repository) Labelled(ctx context.Context) (*dagger.Container, error) {
	of, err := r.Revision(ctx)
	if err != nil {
		return nil, err
	}
	if warning := of.Warning(); warning != "" {
		output.Progress("warning: %s", warning)
	}
	return r.Image().
		WithLabel(registry.RevisionLabel, of.Label()).
		WithEnvVariable("APP_REVISION", of.Label()), nil
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
