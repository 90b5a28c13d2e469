package container

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

// Sources returns files of this module by patterns, with its go.mod and go.sum. They are read from the folder in
// which this file was compiled: the repository of the app has none of them.
func Sources(patterns ...string) (*dagger.Directory, error) {
	_, here, _, _ := runtime.Caller(0)
	root := filepath.Dir(filepath.Dir(filepath.Dir(here)))
	sources := dag.Directory()
	for _, pattern := range append([]string{"go.mod", "go.sum"}, patterns...) {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		if err == nil && len(files) == 0 {
			err = errors.New("no file matches: is the pattern in the include of dagger.json?")
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

// Program builds the main package in a folder of the sources, to run in an image of an app.
func Program(sources *dagger.Directory, folder string) *dagger.File {
	return program(dag.Container(dagger.ContainerOpts{Platform: Platform}), sources, folder)
}

// program builds on the platform of a container, without cgo, so that the program runs in any image.
func program(on *dagger.Container, sources *dagger.Directory, folder string) *dagger.File {
	return on.From(Golang).
		WithMountedCache("/go/pkg/mod", dag.CacheVolume("go-mod")).
		WithMountedCache("/root/.cache/go-build", dag.CacheVolume("go-build")).
		WithDirectory("/src", sources).
		WithWorkdir(path.Join("/src", folder)).
		WithEnvVariable("CGO_ENABLED", "0").
		WithExec([]string{"go", "build", "-trimpath", "-ldflags", "-s -w", "-o", "/program", "."}).
		File("/program")
}
