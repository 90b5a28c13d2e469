package main

import (
	"context"
	"fmt"

	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/config/pipeline"
)

// Run the app and a Postgres on this machine, as [dev] in pipeline.toml says.
//
// The database keeps its data between runs. Stop it with Ctrl-C.
//
//	dagger up
//	dagger call dev up --ports 9090:8080
//
// +up
// +cache="session"
func (p *Pipeline) Dev(ctx context.Context) (*dagger.Service, error) {
	f, err := p.fleet(ctx)
	if err != nil {
		return nil, told(err)
	}
	if f.Dev == nil {
		return nil, fmt.Errorf("%s has no [dev]: it says on which port the app listens and what it needs", fleetFile)
	}
	app := p.build(f).WithExposedPort(f.Dev.Port)
	for name, value := range f.Dev.Env {
		app = app.WithEnvVariable(name, value)
	}
	if db := f.First().Database; f.Dev.Database != "" && db != nil {
		app = app.
			WithServiceBinding("db", postgres(*db)).
			WithEnvVariable(f.Dev.Database, fmt.Sprintf("postgres://dev:dev@db:5432/%s", db.Name))
	}
	return app.AsService(dagger.ContainerAsServiceOpts{UseEntrypoint: true}), nil
}

// postgres is a database for this machine only; its data lies in a volume of the engine.
func postgres(db pipeline.Database) *dagger.Service {
	return dag.Container(dagger.ContainerOpts{Platform: platform}).From(db.Image).
		WithMountedCache("/var/lib/postgresql/data", dag.CacheVolume("dev-"+db.App)).
		WithEnvVariable("POSTGRES_USER", "dev").
		WithEnvVariable("POSTGRES_PASSWORD", "dev").
		WithEnvVariable("POSTGRES_DB", db.Name).
		WithEnvVariable("PGDATA", "/var/lib/postgresql/data/pgdata").
		WithExposedPort(5432).
		AsService(dagger.ContainerAsServiceOpts{UseEntrypoint: true})
}
