package verify

import (
	"context"
	"fmt"

	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/verify/trial"
)

// trialRun returns how an image runs in a test: as the fly.toml of the first environment states.
func (v Verifier) trialRun(ctx context.Context, image *dagger.Container) (trial.Run, error) {
	entrypoint, err := image.Entrypoint(ctx)
	if err != nil {
		return trial.Run{}, fmt.Errorf("the start of the image cannot be read: %w", err)
	}
	cmd, err := image.DefaultArgs(ctx)
	if err != nil {
		return trial.Run{}, fmt.Errorf("the start of the image cannot be read: %w", err)
	}
	return trial.Of(v.First().Fly, trial.Image{Entrypoint: entrypoint, Cmd: cmd})
}
