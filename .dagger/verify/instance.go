package verify

import (
	"dagger/pipeline/container"
	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/verify/trial"
)

// instance returns an image as it runs beside a test. The engine does not wait for its port: the test itself reports
// an app that ends or never answers, with the app's log.
func (v Verifier) instance(image *dagger.Container, run trial.Run, env map[string]string) *dagger.Container {
	all := trial.Merged(run.Env, v.addresses(), v.Trial.Env, env)
	return withLogVolume(container.WithVariables(image, all)).
		WithNewFile(trial.Program, trial.Script, dagger.ContainerWithNewFileOpts{Permissions: 0o755}).
		WithoutDockerHealthcheck().
		WithExposedPort(v.Trial.Port, dagger.ContainerWithExposedPortOpts{ExperimentalSkipHealthcheck: true})
}

// asApp returns an instance as a service.
func asApp(c *dagger.Container, run trial.Run) *dagger.Service {
	return c.AsService(dagger.ContainerAsServiceOpts{Args: run.Args()})
}

// withLogVolume mounts the volume in which the apps of a test leave their logs.
func withLogVolume(c *dagger.Container) *dagger.Container {
	open := dag.Directory().WithNewDirectory(trial.LogFolder, dagger.DirectoryWithNewDirectoryOpts{Permissions: 0o777})
	return c.WithMountedCache(trial.Logs, dag.CacheVolume("pipeline-logs"), dagger.ContainerWithMountedCacheOpts{Source: open})
}
