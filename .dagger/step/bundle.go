package step

import (
	"context"

	"dagger/pipeline/container"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/source"

	"github.com/renewa/pipeline/ci/config"
	steps "github.com/renewa/pipeline/ci/verify/step"
)

// Bundle returns the files that a step reads, and bundle.json with what else it takes to run the step elsewhere.
func (s Step) Bundle(ctx context.Context, r source.Repository) (*dagger.Directory, error) {
	files := s.Inputs.Filter(dagger.DirectoryFilterOpts{Exclude: steps.BundleLeavesOut})
	for _, name := range steps.BundleFiles(r.Config.Config, config.File) {
		files = files.WithFile(name, r.Whole.File(name))
	}
	b, err := steps.NewBundle(ctx, bundled{files, r}, s.Check, s.Flags, s.Pins)
	if err != nil {
		return nil, err
	}
	return dag.Directory().WithDirectory(steps.BundleFolder, files).WithNewFile("bundle.json", b.JSON()), nil
}

// bundled has the files of a bundle, and those of the repository.
type bundled struct {
	files *dagger.Directory
	source.Repository
}

func (b bundled) Digest(ctx context.Context) (string, error) { return b.files.Digest(ctx) }

func (b bundled) HasGit(ctx context.Context) (bool, error) { return b.files.Exists(ctx, ".git") }

func (b bundled) Dockerfile(ctx context.Context) (string, error) {
	return b.Whole.File(b.App.Dockerfile).Contents(ctx)
}

func (b bundled) Version(ctx context.Context) (string, error) { return dag.Version(ctx) }

func (b bundled) Image(ctx context.Context, name string) (string, error) {
	return container.From(name).ImageRef(ctx)
}
