package scan

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"dagger/pipeline/container"
	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/scan/advisory"
	"github.com/renewa/pipeline/ci/scan/scanner"
)

// A finder finds the newest database.
type finder func(context.Context) (advisory.Database, error)

// newest returns a finder that asks once for all scanners.
func (s Scanners) newest() finder {
	var once sync.Once
	var database advisory.Database
	var err error
	return func(ctx context.Context) (advisory.Database, error) {
		once.Do(func() { database, err = s.findDatabase(ctx) })
		return database, err
	}
}

// findDatabase asks the registry of Trivy's database for the newest one.
func (s Scanners) findDatabase(ctx context.Context) (advisory.Database, error) {
	if s.Advisories == nil {
		return advisory.Find(ctx, container.TrivyDatabase, false)
	}
	server, err := s.server(ctx)
	if err != nil {
		return advisory.Database{}, err
	}
	return advisory.FindAt(ctx, server, container.TrivyDatabase)
}

// server returns the address at which the engine finds the server that --advisories names.
func (s Scanners) server(ctx context.Context) (string, error) {
	service, err := s.Advisories.Start(ctx)
	if err != nil {
		return "", fmt.Errorf("the server that --advisories names does not answer: %w", err)
	}
	return service.Endpoint(ctx)
}

// withAdvisories lets a container ask that server. The engine gives a service of this machine another name at every
// call, and caches nothing that is bound to it. So the container gets the name as a secret with a cache key of its
// own.
func (s Scanners) withAdvisories(ctx context.Context, c *dagger.Container) (*dagger.Container, error) {
	if s.Advisories == nil {
		return c, nil
	}
	server, err := s.server(ctx)
	if err != nil {
		return nil, err
	}
	const file = "/tmp/advisories"
	if err := writeWhole(file, server); err != nil {
		return nil, err
	}
	return c.WithSecretVariable(scanner.ServerVariable, dag.Secret("file://"+file, dagger.SecretOpts{CacheKey: "the advisories of this machine"})), nil
}

// writeWhole replaces a file at once: several scanners write it, and the engine may read it meanwhile.
func writeWhole(name, text string) error {
	whole, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name))
	if err != nil {
		return err
	}
	if _, err := whole.WriteString(text); err != nil {
		return err
	}
	if err := whole.Close(); err != nil {
		return err
	}
	return os.Rename(whole.Name(), name)
}
