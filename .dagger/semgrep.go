package main

import (
	"context"
	"io/fs"
	"path"

	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/scan/rules"
	"github.com/renewa/pipeline/ci/scan/scanner"
)

// Look at the sources with the rules of this module, and with the app's own.
//
// +check
// +cache="never"
func (p *Pipeline) Semgrep(
	ctx context.Context,
	// Run it anew, even if nothing changed.
	// +optional
	again bool,
) (string, error) {
	report, _, err := p.scanned(ctx, "semgrep", wish{again: again}, "semgrep")
	if err != nil {
		return "", told(err)
	}
	return passing(report, forms["text"])
}

func (p *Pipeline) semgrep(f pipeline.Config) scan {
	const sources, config = "src", "rules"
	read := p.Source.Filter(dagger.DirectoryFilterOpts{Exclude: f.Unscanned()})
	all := dag.Directory().WithDirectory("module", moduleRules())
	for _, folder := range f.Scan.Rules {
		all = all.WithDirectory(path.Join("app", folder), p.Source.Directory(folder))
	}
	return scan{
		Scanner: scanner.Semgrep(sources, config, f.Scan.Timeout),
		inputs:  dag.Directory().WithDirectory(".", read).WithDirectory("rules of the module", moduleRules()),
		pins:    map[string]string{"image": semgrepImage},
		ready: func(context.Context) (*dagger.Container, error) {
			return tool(semgrepImage).
				WithMountedDirectory(path.Join(scanFolder, sources), read).
				WithMountedDirectory(path.Join(scanFolder, config), all), nil
		},
	}
}

// moduleRules are delivered with the module, wherever it is used.
func moduleRules() *dagger.Directory {
	folder := dag.Directory()
	files, err := fs.Glob(rules.Files, "*.yaml")
	if err != nil {
		panic(err) // the pattern is right
	}
	for _, name := range files {
		text, err := rules.Files.ReadFile(name)
		if err != nil {
			panic(err) // it was just listed
		}
		folder = folder.WithNewFile(name, string(text))
	}
	return folder
}
