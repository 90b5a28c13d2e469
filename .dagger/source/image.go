package source

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"dagger/pipeline/container"
	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/config/build"
	"github.com/renewa/pipeline/ci/output"
	"github.com/renewa/pipeline/ci/release/registry"
	"github.com/renewa/pipeline/ci/release/revision"
)

// Image builds the image that is deployed.
func (r Repository) Image() *dagger.Container { return r.build(r.context(), r.Build.Target) }

// Stage builds a stage of the Dockerfile from nothing but these files of the app's context.
func (r Repository) Stage(name string, files []string) *dagger.Container {
	return r.build(r.part(files), name)
}

// build builds a stage of the Dockerfile from a context. A container without all that the build needs is an error as
// soon as a call uses it.
func (r Repository) build(files *dagger.Directory, target string) *dagger.Container {
	if err := errors.Join(r.Build.Check(), r.lacking); err != nil {
		return dag.Container().WithError(output.Error(err).Error())
	}
	return r.withDockerfile(files).DockerBuild(dagger.DirectoryDockerBuildOpts{
		Dockerfile: build.File, Target: target, Platform: container.Platform, BuildArgs: r.args(), Secrets: r.secrets,
	})
}

// withDockerfile adds the Dockerfile to a context, where COPY does not see it.
func (r Repository) withDockerfile(files *dagger.Directory) *dagger.Directory {
	return files.WithFile(build.File, r.dockerfile()).WithNewFile(build.IgnoreFile, build.IgnoreText)
}

func (r Repository) args() (args []dagger.BuildArg) {
	for _, name := range slices.Sorted(maps.Keys(r.Build.Args)) {
		args = append(args, dagger.BuildArg{Name: name, Value: r.Build.Args[name]})
	}
	return args
}

// Tag returns the hash of all that the image is made from.
func (r Repository) Tag(ctx context.Context) (string, error) {
	if err := r.Build.Check(); err != nil {
		return "", err
	}
	digest, err := r.withDockerfile(r.context()).Digest(ctx)
	if err != nil {
		return "", fmt.Errorf("the build's inputs cannot be read: %w", err)
	}
	return registry.BuildTag(digest, container.Platform, r.Build.String()), nil
}

// Labelled returns the image that is deployed, with the commit of its inputs as a label and a variable.
func (r Repository) Labelled(ctx context.Context) (*dagger.Container, error) {
	if r.lacking != nil {
		return nil, r.lacking
	}
	of, err := r.Revision(ctx)
	if err != nil {
		return nil, err
	}
	if warning := of.Warning(); warning != "" {
		output.Progress("warning: %s", warning)
	}
	built, err := r.Image().Sync(ctx) // the error of a publish would not name the command that failed
	if err != nil {
		return nil, container.BuildError(err)
	}
	return built.
		WithLabel(registry.RevisionLabel, of.Label()).
		WithEnvVariable("APP_REVISION", of.Label()), nil
}

// Revision asks git which commit the image's inputs are of, and whether the repository's .git is the history of its
// files. Only this function reads the work tree with git.
func (r Repository) Revision(ctx context.Context) (revision.Revision, error) {
	tree := container.From(container.Golang).WithDirectory("/src", r.Whole).WithWorkdir("/src")
	if r.Git != nil {
		tree = tree.WithDirectory("/src", r.Git)
	}
	out, err := tree.WithExec(revision.Args(r.App.Context, r.App.Dockerfile)).Stdout(ctx)
	if err != nil {
		return revision.Revision{}, fmt.Errorf("the commit of the build's inputs is unknown: %w", err)
	}
	return revision.Read(out)
}
