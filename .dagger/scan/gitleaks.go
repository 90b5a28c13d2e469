package scan

import (
	"context"
	"errors"

	"dagger/pipeline/container"
	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/scan/scanner"
)

// gitleaks reads commits, and nothing of .git that changes without a commit. The config of .git may hold a token.
func (s Scanners) gitleaks() scan {
	git := s.Git
	if git == nil {
		git = dag.Directory()
	}
	read := git.Filter(dagger.DirectoryFilterOpts{Include: scanner.History}).
		WithDirectory(".", s.Files.Filter(dagger.DirectoryFilterOpts{Include: []string{".gitleaks.toml", ".gitleaksignore"}}))
	return scan{
		Scanner: scanner.Gitleaks(s.Scan.Timeout),
		inputs:  read,
		pins:    map[string]string{"image": container.Gitleaks},
		ready: func(ctx context.Context) (*dagger.Container, error) {
			of, err := s.Revision(ctx)
			if err := errors.Join(err, of.History); err != nil {
				return nil, err
			}
			return tool(container.Gitleaks).WithDirectory(folder, read), nil
		},
	}
}
