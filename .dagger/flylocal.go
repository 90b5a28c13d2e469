package main

import (
	"dagger/pipeline/internal/dagger"
)

// Build flylocal, a Fly that runs on this machine.
//
// `make up` loads and starts it; its machines are containers beside it.
//
//	dagger call flylocal export-image --name flylocal
//
// +cache="168h"
func (p *Pipeline) Flylocal(
	// The sources of flylocal.
	// +defaultPath="/"
	// +ignore=["**", "!go.mod", "!go.sum", "!flylocal/**", "**/*_test.go"]
	sources *dagger.Directory,
) *dagger.Container {
	program := dag.Container().From(golangImage).
		WithMountedCache("/go/pkg/mod", dag.CacheVolume("go-mod")).
		WithMountedCache("/root/.cache/go-build", dag.CacheVolume("go-build")).
		WithDirectory("/src", sources).
		WithWorkdir("/src").
		WithEnvVariable("CGO_ENABLED", "0").
		WithExec([]string{"go", "build", "-trimpath", "-ldflags", "-s -w", "-o", "/flylocal", "./flylocal/cmd/flylocal"}).
		File("/flylocal")
	return dag.Container().
		WithFile("/flylocal", program).
		WithEnvVariable("PATH", "/").
		WithEntrypoint([]string{"/flylocal"}).
		WithDefaultArgs([]string{"serve"})
}
