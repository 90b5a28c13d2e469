// Package container makes the containers that the pipeline's own programs run in.
package container

import (
	"errors"
	"maps"
	"slices"

	"dagger/pipeline/internal/dagger"

	steps "github.com/renewa/pipeline/ci/verify/step"
)

var dag = dagger.Connect()

// Platform is the only one that Fly's machines run, whatever the laptop has.
const Platform = "linux/amd64"

// From returns a container of an image.
func From(image string) *dagger.Container {
	return dag.Container(dagger.ContainerOpts{Platform: Platform}).From(image)
}

// WithVariables sets environment variables in the order of their names: in another order the same container would
// have another cache key.
func WithVariables(c *dagger.Container, env map[string]string) *dagger.Container {
	for _, name := range slices.Sorted(maps.Keys(env)) {
		c = c.WithEnvVariable(name, env[name])
	}
	return c
}

// BuildError adds to the error of a build the last lines of the command that failed in it.
func BuildError(err error) error {
	var failed *dagger.ExecError
	if !errors.As(err, &failed) {
		return steps.BuildError(err, nil)
	}
	return steps.BuildError(err, &steps.CommandError{Code: failed.ExitCode, Stdout: failed.Stdout, Stderr: failed.Stderr})
}
