package container

import "dagger/pipeline/internal/dagger"

// Flylocal returns an image of nothing but the flylocal program, for the platform of the engine.
func Flylocal(sources *dagger.Directory) *dagger.Container {
	return dag.Container().
		WithFile("/flylocal", compile(dag.Container(), sources, "flylocal/cmd/flylocal")).
		WithEnvVariable("PATH", "/").
		WithEntrypoint([]string{"/flylocal"}).
		WithDefaultArgs([]string{"serve"})
}
