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

// Check the sources' style, with the check lint of pipeline.toml.
//
// +check
// +cache="never"
func (p *Pipeline) Lint(
	ctx context.Context,
	// Run it anew, even if nothing changed.
	// +optional
	again bool,
) (string, error) {
	return p.report(ctx, pipeline.LintStep, step.Options{Again: again})
}

// Check the sources' types, with the check typecheck of pipeline.toml.
//
// +check
// +cache="never"
func (p *Pipeline) Typecheck(
	ctx context.Context,
	// Run it anew, even if nothing changed.
	// +optional
	again bool,
) (string, error) {
	return p.report(ctx, pipeline.TypecheckStep, step.Options{Again: again})
}

// Run the tests that need nothing but the sources, with the check unit of pipeline.toml.
//
// +check
// +cache="never"
func (p *Pipeline) Unit(
	ctx context.Context,
	// Run it anew, even if nothing changed.
	// +optional
	again bool,
) (string, error) {
	return p.report(ctx, pipeline.UnitStep, step.Options{Again: again})
}

// Run the journeys of [end_to_end] in a real browser, by Playwright.
//
// They run against the production image and a Postgres of its own. The database has the roles and rights of the first
// environment, and is migrated by that environment's release command.
//
//	dagger call end-to-end --shards 2
//	dagger call results --name end-to-end -o results
//
// +check
// +cache="never"
func (p *Pipeline) EndToEnd(
	ctx context.Context,
	// Run in N browsers in parallel (1 or more), each with an app and a database of its own.
	// +default=1
	shards int,
	// Run it anew, even if nothing changed.
	// +optional
	again bool,
) (string, error) {
	return p.report(ctx, pipeline.EndToEndStep, step.Options{Again: again, Shards: shards})
}

// Try the migrations on databases of their own, by the migrator that ships, as [migrations] states.
//
// The step fails unless: the files are those that atlas.sum lists; they bring up an empty database and one of every
// version; a second run changes nothing; assertions on moved data hold; Atlas and squawk have no objection; and no
// table is locked for too long.
//
//	dagger call migrations
//	dagger call migrations --from 20260126090000
//	dagger call migrations --before https://github.com/OWNER/REPO#main:APP/migrations
//
// +check
// +cache="never"
func (p *Pipeline) Migrations(
	ctx context.Context,
	// Start from this version, which the environment ahead may have. Default: from each version.
	// +optional
	from string,
	// The migrations as they were released, a folder or one of a Git repository: none of them may differ.
	// +optional
	before *dagger.Directory,
	// Run it anew, even if nothing changed.
	// +optional
	again bool,
) (string, error) {
	return p.report(ctx, pipeline.MigrationsStep, step.Options{Again: again, From: from, Released: before})
}

// Check that the new image can be rolled back: the previous one works on the new schema.
//
// Each image runs the suite that it carries (label pipeline.smoke): the previous one on a database that the new one
// has migrated, and the other way round. The previous image is what the last environment runs, which Fly is asked for.
// If the previous image cannot be found out, the check fails; give --previous. An environment that runs nothing has
// nothing to go back to. compatibility.json among the results has all of it.
//
//	dagger call compatibility
//	dagger call compatibility --previous registry.fly.io/shop@sha256:…
//	dagger call compatibility --previous none
//
// +check
// +cache="never"
func (p *Pipeline) Compatibility(
	ctx context.Context,
	// The previous image, by digest, or none for a first release. Default: the image that production runs now.
	// +optional
	previous string,
	// Run it anew, even if nothing changed.
	// +optional
	again bool,
) (string, error) {
	return p.report(ctx, pipeline.CompatibilityStep, step.Options{Again: again, Previous: previous})
}

// Compare a database with the migrations: name what somebody altered by hand.
//
// The database is read, not written. Behind a tunnel such as `fly proxy`: --through tcp://127.0.0.1:5432, and write
// the address as postgres://user:pw@through:5432/db.
//
//	dagger call drift --database env://DATABASE_URL
//	dagger call drift --database env://DATABASE_URL --through tcp://127.0.0.1:5432
//
// +cache="never"
func (p *Pipeline) Drift(
	ctx context.Context,
	// Its address, postgres://user:password@host:5432/name, for a role that may read the schema.
	database *dagger.Secret,
	// A port of this machine that leads to it.
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
