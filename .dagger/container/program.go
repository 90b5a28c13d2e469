package container

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"runtime"

	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/verify/program"
)

// Sources returns the files of this module from which the main package in a folder is built. They are read from the
// repository in which this file was compiled: the repository of the app has none of them.
func Sources(main string) (*dagger.Directory, error) {
	_, here, _, _ := runtime.Caller(0)
	root := filepath.Dir(filepath.Dir(filepath.Dir(here)))
	files, err := program.Sources(root, main)
	if err != nil {
		return nil, fmt.Errorf("the sources of %s cannot be listed: %w", main, err)
	}
	sources := dag.Directory()
	for _, file := range files {
		text, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			return nil, fmt.Errorf("the sources of %s cannot be read (is the file in the include of dagger.json?): %w", main, err)
		}
		sources = sources.WithNewFile(file, string(text))
	}
	return sources, nil
}

// Program builds the main package in a folder of the sources, to run in an image of an app.
func Program(sources *dagger.Directory, folder string) *dagger.File {
	return compile(dag.Container(dagger.ContainerOpts{Platform: Platform}), sources, folder)
}

// compile builds on the platform of a container, without cgo, so that the program runs in any image.
func compile(on *dagger.Container, sources *dagger.Directory, folder string) *dagger.File {
	return on.From(Golang).
		WithMountedCache("/go/pkg/mod", dag.CacheVolume("go-mod")).
		WithMountedCache("/root/.cache/go-build", dag.CacheVolume("go-build")).
		WithDirectory("/src", sources).
		WithWorkdir(path.Join("/src", folder)).
		WithEnvVariable("CGO_ENABLED", "0").
		WithExec([]string{"go", "build", "-trimpath", "-ldflags", "-s -w", "-o", "/program", "."}).
		File("/program")
}
