package main

import (
	"context"
	"errors"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/step"
	"dagger/pipeline/verify"

	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/output"
)

// Check the sources' style: run the [[check]] lint of pipeline.toml.
//
// +check
// +cache="never"
func (p *Pipeline) Lint(
	ctx context.Context,
	// Run the step again even if nothing changed.
	// +optional
	again bool,
) (string, error) {
	return p.report(ctx, pipeline.LintStep, step.Options{Again: again})
}

// Check the sources' types: run the [[check]] typecheck of pipeline.toml.
//
// +check
// +cache="never"
func (p *Pipeline) Typecheck(
	ctx context.Context,
	// Run the step again even if nothing changed.
	// +optional
	again bool,
) (string, error) {
	return p.report(ctx, pipeline.TypecheckStep, step.Options{Again: again})
}

// Run the tests that need only the sources: the [[check]] unit of pipeline.toml.
//
// +check
// +cache="never"
func (p *Pipeline) Unit(
	ctx context.Context,
	// Run the step again even if nothing changed.
	// +optional
	again bool,
) (string, error) {
	return p.report(ctx, pipeline.UnitStep, step.Options{Again: again})
}

// Run the browser tests of [end_to_end] with Playwright.
//
// The tests run against the production image and a Postgres of their own. The database has the roles and privileges of
// the first environment, and that environment's release command migrates it.
//
//	dagger call end-to-end --shards 2
//	dagger call results --name end-to-end -o results
//
// +check
// +cache="never"
func (p *Pipeline) EndToEnd(
	ctx context.Context,
	// Split the tests over N browsers in parallel (1 or more), each with an app and a database of its own.
	// +default=1
	shards int,
	// Run the step again even if nothing changed.
	// +optional
	again bool,
) (string, error) {
	return p.report(ctx, pipeline.EndToEndStep, step.Options{Again: again, Shards: shards})
}

// Test the migrations on temporary databases with the app's own migrator.
//
// The step fails unless: atlas.sum lists exactly these files; the migrator brings an empty database, and one at each of
// the last 20 versions, to the newest version; a second run changes nothing; assertions on moved data hold; Atlas and
// squawk report nothing that fails; and no statement locks a table for too long.
//
//	dagger call migrations
//	dagger call migrations --from 20260126090000
//	dagger call migrations --before https://github.com/OWNER/REPO#main:APP/migrations
//
// +check
// +cache="never"
func (p *Pipeline) Migrations(
	ctx context.Context,
	// Start only from this version, such as the one in production. Default: from each of the last 20 versions.
	// +optional
	from string,
	// The released migrations, as a folder or one of a Git repository: the step fails if one of them changed since.
	// +optional
	before *dagger.Directory,
	// Run the step again even if nothing changed.
	// +optional
	again bool,
) (string, error) {
	return p.report(ctx, pipeline.MigrationsStep, step.Options{Again: again, From: from, Released: before})
}

// Check that a rollback will work: run the previous image on the new schema.
//
// Each image runs the tests that it contains (label pipeline.smoke): the previous image on a database that the new image
// has migrated, and the new image on a database that the previous image has migrated. The previous image is the one that
// Fly reports for the last environment. If Fly does not report it, the step fails: give --previous. If that environment
// runs nothing, the step is skipped as a first release. compatibility.json in the results has every detail.
//
//	dagger call compatibility
//	dagger call compatibility --previous registry.fly.io/shop@sha256:…
//	dagger call compatibility --previous none
//
// +check
// +cache="never"
func (p *Pipeline) Compatibility(
	ctx context.Context,
	// The previous image by digest, or the word none for a first release. Default: the image
	// that the last environment runs.
	// +optional
	previous string,
	// Run the step again even if nothing changed.
	// +optional
	again bool,
) (string, error) {
	return p.report(ctx, pipeline.CompatibilityStep, step.Options{Again: again, Previous: previous})
}

// Compare a database with the migrations: name what somebody altered by hand.
//
// Drift reads the database and writes nothing. For a database behind a tunnel such as `fly proxy`, give
// --through tcp://127.0.0.1:5432, and write the address as postgres://user:pw@through:5432/db.
//
//	dagger call drift --database env://DATABASE_URL
//	dagger call drift --database env://DATABASE_URL --through tcp://127.0.0.1:5432
//
// +cache="never"
func (p *Pipeline) Drift(
	ctx context.Context,
	// The address of the database, postgres://user:password@host:5432/name, for a role that may read the schema.
	database *dagger.Secret,
	// A port of this machine that forwards to the database, such as tcp://127.0.0.1:5432.
	// +optional
	through *dagger.Service,
) (string, error) {
	r, err := p.load(ctx, nil)
	if err != nil {
		return "", output.Error(err)
	}
	report, err := verify.Verifier{Repository: r}.Drift(ctx, database, through)
	if err != nil {
		return "", output.Error(err)
	}
	if len(report.Reasons()) > 0 {
		return "", errors.New(report.String())
	}
	return report.String(), nil
}
