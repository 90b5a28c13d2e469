package main

import (
	"context"

	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/scan/scanner"
)

// Look for secrets in the whole history: one that was removed again is as public as before.
//
// +check
// +cache="never"
func (p *Pipeline) Gitleaks(
	ctx context.Context,
	// The repository's .git, whole.
	// +defaultPath="/"
	// +ignore=["**", "!.git", "!.git/**"]
	history *dagger.Directory,
	// Run it anew, even if nothing changed.
	// +optional
	again bool,
) (string, error) {
	report, _, err := p.scanned(ctx, "gitleaks", wish{again: again, history: history}, "gitleaks")
	if err != nil {
		return "", told(err)
	}
	return passing(report, forms["text"])
}

// gitleaks reads commits, and nothing of .git that changes without them. Its config may hold a token.
func (p *Pipeline) gitleaks(f pipeline.Config, history *dagger.Directory) scan {
	if history == nil {
		history = dag.Directory()
	}
	read := history.Filter(dagger.DirectoryFilterOpts{Include: scanner.History}).
		WithDirectory(".", p.Source.Filter(dagger.DirectoryFilterOpts{Include: []string{".gitleaks.toml", ".gitleaksignore"}}))
	return scan{
		Scanner: scanner.Gitleaks(f.Scan.Timeout),
		inputs:  read,
		pins:    map[string]string{"image": gitleaksImage},
		ready: func(context.Context) (*dagger.Container, error) {
			return tool(gitleaksImage).WithDirectory(scanFolder, read), nil
		},
	}
}
