package container

import "dagger/pipeline/internal/dagger"

// Flylocal returns an image of nothing but the flylocal program, for the platform of the engine.
func Flylocal(sources *dagger.Directory) *dagger.Container {
	return dag.Container().
		WithFile("/flylocal", compile(dag.Container(), sources, "flylocal/cmd/flylocal")).
		WithLabel("org.opencontainers.image.title", "flylocal"). // scripts find the images that a newer one replaced by it
		WithEnvVariable("PATH", "/").
		WithEntrypoint([]string{"/flylocal"}).
		WithDefaultArgs([]string{"serve"})
}
