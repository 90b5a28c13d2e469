// Package source is the repository of the app: what it states, and the files that its image and steps are made from.
package source

import (
	"context"
	"fmt"
	"io/fs"

	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/output"
	"github.com/renewa/pipeline/ci/repository"
)

var dag = dagger.Connect()

// A Repository is the app's repository with the configuration it states.
type Repository struct {
	repository.Configuration
	Whole *dagger.Directory // all files but .git, from which the image is built
	Files *dagger.Directory // without what no step reads
	Git   *dagger.Directory // its .git, whole; nil where a call has none

	secrets []*dagger.Secret // for RUN --mount=type=secret
	lacking error            // the reason that a build lacks a secret
}

// Load reads the configuration of a repository and reports its warnings. It filters the folders again: Dagger v0.21.8
// applies +ignore to flags and defaults, and not to PIPELINE_SOURCE and PIPELINE_GIT of .env.
func Load(ctx context.Context, whole, git *dagger.Directory) (Repository, error) {
	whole = whole.Filter(dagger.DirectoryFilterOpts{Exclude: repository.Ignored})
	git = git.Filter(dagger.DirectoryFilterOpts{Include: repository.GitFiles})
	loaded, warnings, err := repository.Load(reader{ctx, whole})
	output.Warnings(warnings)
	if err != nil {
		return Repository{}, err
	}
	files := whole.Filter(dagger.DirectoryFilterOpts{Exclude: repository.Unread})
	return Repository{Configuration: loaded, Whole: whole, Files: files, Git: git}, nil
}

// A reader reads the files of a repository for config.Load.
type reader struct {
	ctx   context.Context
	files *dagger.Directory
}

// Read returns a file's text. The engine has no error of its own for a file that does not exist.
func (r reader) Read(name string) ([]byte, error) {
	there, err := r.files.Exists(r.ctx, name)
	if err != nil {
		return nil, err
	}
	if !there {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	text, err := r.files.File(name).Contents(r.ctx)
	return []byte(text), err
}

func (r reader) Glob(pattern string) ([]string, error) { return r.files.Glob(r.ctx, pattern) }

// Read returns a file of the repository, as config reads it.
func (r Repository) Read(ctx context.Context, name string) ([]byte, error) {
	return reader{ctx, r.Files}.Read(name)
}

// Below returns files of the app's context, all of them when none are named, at their paths in the repository.
func (r Repository) Below(files []string) *dagger.Directory {
	sources := r.Files.Directory(r.App.Context)
	if len(files) > 0 {
		sources = sources.Filter(dagger.DirectoryFilterOpts{Include: files})
	}
	return dag.Directory().WithDirectory(r.App.Context, sources)
}

// StageFiles returns what a stage of the Dockerfile is built from, at the paths in the repository.
func (r Repository) StageFiles(files []string) *dagger.Directory {
	return dag.Directory().WithDirectory(r.App.Context, r.part(files)).WithFile(r.App.Dockerfile, r.dockerfile())
}

// Inputs returns all that the image is made from, at the paths in the repository.
func (r Repository) Inputs() *dagger.Directory {
	return dag.Directory().WithDirectory(r.App.Context, r.context()).WithFile(r.App.Dockerfile, r.dockerfile())
}

// WithFlyToml adds the fly.toml of the first environment to files: it states how the image runs in a test.
func (r Repository) WithFlyToml(files *dagger.Directory) *dagger.Directory {
	name := r.First().Stage.Config
	return files.WithFile(name, r.Whole.File(name))
}

// context returns what docker build would send of the app's folder.
func (r Repository) context() *dagger.Directory {
	sources := r.Whole.Directory(r.App.Context)
	if len(r.Build.Ignored) > 0 {
		sources = sources.Filter(dagger.DirectoryFilterOpts{Exclude: r.Build.Ignored})
	}
	return sources
}

// part returns files of the context, all of them when none are named.
func (r Repository) part(files []string) *dagger.Directory {
	if len(files) == 0 {
		return r.context()
	}
	return r.context().Filter(dagger.DirectoryFilterOpts{Include: files})
}

func (r Repository) dockerfile() *dagger.File { return r.Whole.File(r.App.Dockerfile) }

// Lockfiles returns the files of the app's context with one of these names, wherever they lie.
func (r Repository) Lockfiles(ctx context.Context, names []string) ([]string, error) {
	var found []string
	for _, name := range names {
		list, err := r.Files.Directory(r.App.Context).Glob(ctx, "**/"+name)
		if err != nil {
			return nil, fmt.Errorf("the lockfiles cannot be listed: %w", err)
		}
		found = append(found, list...)
	}
	return found, nil
}
