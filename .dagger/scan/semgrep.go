package scan

import (
	"context"
	"path"

	"dagger/pipeline/container"
	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/scan/rules"
	"github.com/renewa/pipeline/ci/scan/scanner"
)

func (s Scanners) semgrep() scan {
	const sources, config = "src", "rules"
	read := s.Files.Filter(dagger.DirectoryFilterOpts{Exclude: s.Scan.Exclusions()})
	all := dag.Directory().WithDirectory("module", moduleRules())
	for _, own := range s.Scan.Rules {
		all = all.WithDirectory(path.Join("app", own), s.Files.Directory(own))
	}
	return scan{
		Scanner: scanner.Semgrep(sources, config, s.Scan.Timeout),
		inputs:  dag.Directory().WithDirectory(".", read).WithDirectory("rules of the module", moduleRules()),
		pins:    map[string]string{"image": container.Semgrep},
		ready: func(context.Context) (*dagger.Container, error) {
			return tool(container.Semgrep).
				WithMountedDirectory(path.Join(folder, sources), read).
				WithMountedDirectory(path.Join(folder, config), all), nil
		},
	}
}

// moduleRules returns the rules that come with the module.
func moduleRules() *dagger.Directory {
	files := dag.Directory()
	for _, file := range rules.All() {
		files = files.WithNewFile(file.Name, file.Text)
	}
	return files
}
