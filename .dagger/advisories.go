package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"

	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/scan/advisory"
	"github.com/renewa/pipeline/ci/scan/scanner"
)

// A finder finds the newest database.
type finder func(context.Context) (advisory.Database, error)

// newest asks once for all who want to know.
func (p *Pipeline) newest() finder {
	var once sync.Once
	var database advisory.Database
	var err error
	return func(ctx context.Context) (advisory.Database, error) {
		once.Do(func() { database, err = p.findDatabase(ctx) })
		return database, err
	}
}

// findDatabase asks where Trivy's database is published, which one that is now.
func (p *Pipeline) findDatabase(ctx context.Context) (advisory.Database, error) {
	if p.Advisories == nil {
		return advisory.Find(ctx, trivyDatabase, false)
	}
	server, err := p.advisoriesAt(ctx)
	if err != nil {
		return advisory.Database{}, err
	}
	_, repository, _ := strings.Cut(trivyDatabase, "/")
	found, err := advisory.Find(ctx, server+"/"+repository, true)
	if err != nil { // the name by which the engine knows the server is nobody else's
		return found, fmt.Errorf("the server that --advisories names: %s", strings.ReplaceAll(err.Error(), server, "SERVER"))
	}
	return found, nil
}

// advisoriesAt is where the engine finds the server that --advisories names.
func (p *Pipeline) advisoriesAt(ctx context.Context) (string, error) {
	service, err := p.Advisories.Start(ctx)
	if err != nil {
		return "", fmt.Errorf("reach the server that --advisories names: %w", err)
	}
	return service.Endpoint(ctx)
}

// asking lets a container ask that server. The engine gives a service of this machine another name at every
// call, and keeps no result of what is bound to one: so the name is handed over as a secret, which says by a
// key of its own whether it is the same.
func (p *Pipeline) asking(ctx context.Context, c *dagger.Container) (*dagger.Container, error) {
	if p.Advisories == nil {
		return c, nil
	}
	server, err := p.advisoriesAt(ctx)
	if err != nil {
		return nil, err
	}
	const file = "/tmp/advisories"
	if err := os.WriteFile(file, []byte(server), 0o600); err != nil {
		return nil, err
	}
	return c.WithSecretVariable(scanner.ServerVariable, dag.Secret("file://"+file, dagger.SecretOpts{CacheKey: "the advisories of this machine"})), nil
}
