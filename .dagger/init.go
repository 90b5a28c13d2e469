package main

import (
	"context"
	"os"

	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/config"
	"github.com/renewa/pipeline/ci/config/draft"
	"github.com/renewa/pipeline/ci/output"
	"github.com/renewa/pipeline/ci/repository"
)

// Draft pipeline.toml and .env.example for a repository with fly.toml files.
//
// Every line that is taken from a file or assumed has a comment "guess", with the file and the other choices. Files
// that exist stay as they are, and nothing changes on Fly (docs/init.md).
//
//	dagger call -m MODULE init --source . -o .
//
// +cache="never"
func (p *Pipeline) Init(
	ctx context.Context,
	// The repository of the app: fly.toml files, Dockerfile, lockfiles, package.json, workflows and sources.
	// +ignore=["**/.git", "**/node_modules", "**/vendor", "**/dist", "**/.next", "**/.venv", "**/testdata", "**/.env", "**/.env.*", "!**/.env.example", "!**/.env.sample"]
	source *dagger.Directory,
) (*dagger.Directory, error) {
	here, err := os.MkdirTemp("", "init")
	if err != nil {
		return nil, output.Error(err)
	}
	if _, err := source.Filter(dagger.DirectoryFilterOpts{Include: draft.Include}).Export(ctx, here); err != nil {
		return nil, output.Error(err)
	}
	made, err := draft.Make(os.DirFS(here), func(files config.Files) error {
		_, _, err := repository.Load(files)
		return err
	})
	if err != nil {
		return nil, output.Error(err)
	}
	drafted := dag.Directory().WithNewFile(draft.File, made.Pipeline)
	if made.Example != "" {
		drafted = drafted.WithNewFile(draft.Example, made.Example)
	}
	return drafted, nil
}
