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
	steps "github.com/renewa/pipeline/ci/verify/step"
)

// Bundle returns the files that a step reads, and bundle.json with what else it takes to run the step elsewhere.
func (s Step) Bundle(ctx context.Context, r source.Repository) (*dagger.Directory, error) {
	files := s.Inputs
	for _, name := range steps.BundleFiles(r.Config.Config, config.File) {
		files = files.WithFile(name, r.Files.File(name))
	}
	b, err := s.bundle(ctx, r, files)
	if err != nil {
		return nil, err
	}
	return dag.Directory().WithDirectory(steps.BundleFolder, files).WithNewFile("bundle.json", b.JSON()), nil
}

// bundle asks the engine for the digests of a step's files and images.
func (s Step) bundle(ctx context.Context, r source.Repository, files *dagger.Directory) (steps.Bundle, error) {
	digest, err := files.Digest(ctx)
	if err != nil {
		return steps.Bundle{}, err
	}
	b := steps.NewBundle(s.Check, digest, strings.Replace(steps.Call(s.Name)+s.Flags, "dagger call", "dagger call --source "+steps.BundleFolder, 1))
	if whole, err := files.Exists(ctx, ".git"); err == nil && whole {
		b.Command = strings.Replace(b.Command, "--source", "--git "+steps.BundleFolder+" --source", 1)
	}
	if b.Engine, err = dag.Version(ctx); err != nil {
		return b, err
	}
	dockerfile, err := r.Files.File(r.App.Dockerfile).Contents(ctx)
	if err != nil {
		return b, err
	}
	images := steps.Images(dockerfile)
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
