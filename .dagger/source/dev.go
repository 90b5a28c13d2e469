package source

import (
	"fmt"

	"dagger/pipeline/container"
	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/config/pipeline"
)

// DevService returns the app and a Postgres as [dev] states them. The database keeps its data in a volume of the
// engine.
func (r Repository) DevService() *dagger.Service {
	app := container.WithVariables(r.Image().WithExposedPort(r.Dev.Port), r.Dev.Env)
	if db := r.First().Database; r.Dev.Database != "" && db != nil {
		app = app.
			WithServiceBinding("db", postgres(*db)).
			WithEnvVariable(r.Dev.Database, fmt.Sprintf("postgres://dev:dev@db:5432/%s", db.Name))
	}
	return app.AsService(dagger.ContainerAsServiceOpts{UseEntrypoint: true})
}

func postgres(db pipeline.Database) *dagger.Service {
	return container.From(db.Image).
		WithMountedCache("/var/lib/postgresql/data", dag.CacheVolume("dev-"+db.App)).
		WithEnvVariable("POSTGRES_USER", "dev").
		WithEnvVariable("POSTGRES_PASSWORD", "dev").
		WithEnvVariable("POSTGRES_DB", db.Name).
		WithEnvVariable("PGDATA", "/var/lib/postgresql/data/pgdata").
		WithExposedPort(5432).
		AsService(dagger.ContainerAsServiceOpts{UseEntrypoint: true})
}
