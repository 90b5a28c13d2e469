package main

import (
	"maps"

	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/verify/trial"
)

// instance is an image as a service of a test. The engine does not wait for it: an app that dies or never answers
// is told by the test, with what it said.
func instance(f pipeline.Config, image *dagger.Container, run trial.Run, env map[string]string) *dagger.Container {
	all := maps.Clone(run.Env)
	maps.Copy(all, addresses(f))
	maps.Copy(all, f.Trial.Env)
	maps.Copy(all, env)
	return hearing(withVariables(image, all)).
		WithNewFile(trial.Program, trial.Script, dagger.ContainerWithNewFileOpts{Permissions: 0o755}).
		WithoutDockerHealthcheck().
		WithExposedPort(f.Trial.Port, dagger.ContainerWithExposedPortOpts{ExperimentalSkipHealthcheck: true})
}

// serving starts it.
func serving(c *dagger.Container, run trial.Run) *dagger.Service {
	return c.AsService(dagger.ContainerAsServiceOpts{Args: run.Args()})
}

// hearing is a container that shares the volume in which apps leave what they say.
func hearing(c *dagger.Container) *dagger.Container {
	open := dag.Directory().WithNewDirectory("said", dagger.DirectoryWithNewDirectoryOpts{Permissions: 0o777})
	return c.WithMountedCache(trial.Heard, dag.CacheVolume("pipeline-said"), dagger.ContainerWithMountedCacheOpts{Source: open})
}
