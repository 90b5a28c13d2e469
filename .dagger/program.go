package main

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"

	"dagger/pipeline/internal/dagger"
)

// programSources are files of this module, by patterns, beside what every Go program of it needs. They are read from
// where this very file was compiled: the app that the module is used for has none of them.
func programSources(patterns ...string) (*dagger.Directory, error) {
	_, here, _, _ := runtime.Caller(0)
	root := filepath.Dir(filepath.Dir(here))
	sources := dag.Directory()
	for _, pattern := range append([]string{"go.mod", "go.sum"}, patterns...) {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		if err == nil && len(files) == 0 {
			err = errors.New("there is none: is it in the include of dagger.json?")
		}
		for _, file := range files {
			text, rerr := os.ReadFile(file)
			err = errors.Join(err, rerr)
			sources = sources.WithNewFile(strings.TrimPrefix(file, root), string(text))
		}
		if err != nil {
			return nil, fmt.Errorf("read the module's own %s: %w", pattern, err)
		}
	}
	return sources, nil
}

// program builds the sources at a pattern, without C, so that it runs in any image.
func program(sources *dagger.Directory, at string) *dagger.File {
	return dag.Container(dagger.ContainerOpts{Platform: platform}).From(golangImage).
		WithMountedCache("/go/pkg/mod", dag.CacheVolume("go-mod")).
		WithMountedCache("/root/.cache/go-build", dag.CacheVolume("go-build")).
		WithDirectory("/src", sources).
		WithWorkdir(path.Join("/src", path.Dir(at))).
		WithEnvVariable("CGO_ENABLED", "0").
		WithExec([]string{"go", "build", "-trimpath", "-ldflags", "-s -w", "-o", "/program", "."}).
		File("/program")
}
