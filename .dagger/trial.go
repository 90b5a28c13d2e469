package main

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/verify/trial"
)

// trialRun is what an image does in a test: as the first stage's fly.toml says.
func (p *Pipeline) trialRun(ctx context.Context, f pipeline.Config, image *dagger.Container) (trial.Run, error) {
	config, err := p.config(ctx, f, f.First())
	if err != nil {
		return trial.Run{}, err
	}
	entrypoint, err := image.Entrypoint(ctx)
	if err != nil {
		return trial.Run{}, fmt.Errorf("read the image's start: %w", err)
	}
	cmd, err := image.DefaultArgs(ctx)
	if err != nil {
		return trial.Run{}, fmt.Errorf("read the image's start: %w", err)
	}
	return trial.Of(config, trial.Image{Entrypoint: entrypoint, Cmd: cmd})
}

// withVariables sets them in one order, or the same container would look like another one each time.
func withVariables(c *dagger.Container, env map[string]string) *dagger.Container {
	for _, name := range slices.Sorted(maps.Keys(env)) {
		c = c.WithEnvVariable(name, env[name])
	}
	return c
}
