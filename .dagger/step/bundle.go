package step

import (
	"context"
	"maps"
	"slices"
	"strings"

	"dagger/pipeline/container"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/source"

	"github.com/renewa/pipeline/ci/config"
	"github.com/renewa/pipeline/ci/verify/bundle"
	"github.com/renewa/pipeline/ci/verify/check"
)

// Bundle returns the files that a step reads, and bundle.json with what else it takes to run the step elsewhere.
func (s Step) Bundle(ctx context.Context, r source.Repository) (*dagger.Directory, error) {
	files := s.Inputs
	for _, name := range bundle.Files(r.Config.Config, config.File) {
		files = files.WithFile(name, r.Files.File(name))
	}
	b, err := s.bundle(ctx, r, files)
	if err != nil {
		return nil, err
	}
	return dag.Directory().WithDirectory(bundle.Folder, files).WithNewFile("bundle.json", b.JSON()), nil
}

// bundle asks the engine for the digests of a step's files and images.
func (s Step) bundle(ctx context.Context, r source.Repository, files *dagger.Directory) (bundle.Bundle, error) {
	digest, err := files.Digest(ctx)
	if err != nil {
		return bundle.Bundle{}, err
	}
	b := bundle.New(s.Check, digest, strings.Replace(check.Alone(s.Name)+s.Flags, "dagger call", "dagger call --source "+bundle.Folder, 1))
	if whole, err := files.Exists(ctx, ".git"); err == nil && whole {
		b.Command += " --history " + bundle.Folder
	}
	if b.Engine, err = dag.Version(ctx); err != nil {
		return b, err
	}
	dockerfile, err := r.Files.File(r.App.Dockerfile).Contents(ctx)
	if err != nil {
		return b, err
	}
	images := bundle.Bases(dockerfile)
	for _, name := range slices.Sorted(maps.Keys(s.Pins)) {
		b.Pins[name] = s.Pins[name]
		if strings.HasPrefix(name, "image") {
			images = append(images, s.Pins[name])
		}
	}
	for _, name := range images {
		if b.Images[name], err = container.From(name).ImageRef(ctx); err != nil {
			b.Images[name] = "not found: " + err.Error()
		}
	}
	return b, nil
}
