package main

import (
	"context"
	"errors"
	"slices"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/source"
	"dagger/pipeline/step"
	"dagger/pipeline/verify"

	"github.com/renewa/pipeline/ci/output"
	steps "github.com/renewa/pipeline/ci/verify/step"
)

// Run in parallel the build of the image and every step that pipeline.toml states.
//
// A change must pass them all. Ci prints one table, and fails with the report of every step that did not pass.
//
//	dagger call ci
//	dagger call ci --only lint,unit
//
// +cache="never"
func (p *Pipeline) Ci(
	ctx context.Context,
	// Run only these steps, by name.
	// +optional
	only []string,
	// Run every step again even if nothing changed.
	// +optional
	again bool,
	// The previous image by digest, or the word none for a first release. Default: the image
	// that the last environment runs.
	// +optional
	previous string,
) (string, error) {
	r, err := p.load(ctx)
	if err != nil {
		return "", output.Error(err)
	}
	names, err := r.Steps(only)
	if err != nil {
		return "", output.Error(err)
	}
	table, seconds := step.SideBySide(ctx, p.rows(r, names, step.Options{Again: again, Previous: previous}))
	text := table.String() + table.Took(seconds)
	if len(table.Bad()) > 0 {
		return "", errors.New(text)
	}
	return text, nil
}

// rows returns the steps with these names, then the image.
func (p *Pipeline) rows(r source.Repository, names []string, o step.Options) []step.Row {
	rows := step.Rows(p.makers(r, o), names, o.Again)
	if slices.Contains(names, steps.ImageStep) {
		rows = append(rows, func(ctx context.Context) steps.Row { return verify.ImageRow(ctx, r) })
	}
	return rows
}

// report runs one step for a person, who reads its verdict.
func (p *Pipeline) report(ctx context.Context, name string, o step.Options) (string, error) {
	r, err := p.load(ctx)
	if err != nil {
		return "", output.Error(err)
	}
	s, err := step.Find(ctx, p.makers(r, o), name)
	if text, skipped := steps.Skipped(err); skipped {
		return text, nil
	}
	if err != nil {
		return "", output.Error(err)
	}
	_, verdict, err := s.Run(ctx, o.Again)
	if err != nil {
		return "", output.Error(err)
	}
	if verdict.Fails() {
		return "", errors.New(verdict.String())
	}
	return verdict.String(), nil
}

// Check that the production image builds.
//
// +check
// +cache="never"
func (p *Pipeline) Image(ctx context.Context) (string, error) {
	r, err := p.load(ctx)
	if err != nil {
		return "", output.Error(err)
	}
	row := verify.ImageRow(ctx, r)
	if row.Status != steps.Passed {
		return "", errors.New(row.Report)
	}
	return row.String(), nil
}

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
	return p.report(ctx, steps.LintStep, step.Options{Again: again})
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
	return p.report(ctx, steps.TypecheckStep, step.Options{Again: again})
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
	return p.report(ctx, steps.UnitStep, step.Options{Again: again})
}

// Run the browser tests of [end_to_end] with Playwright.
//
// The tests run against the production image and a Postgres of their own. The database has the roles and privileges of
// the first environment, and that environment's release command migrates it.
//
//	dagger call end-to-end --shards 2
//	dagger call step results --name end-to-end -o results
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
	if err := steps.CheckShards(shards); err != nil {
		return "", output.Error(err)
	}
	return p.report(ctx, steps.EndToEndStep, step.Options{Again: again, Shards: shards})
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
	return p.report(ctx, steps.MigrationsStep, step.Options{Again: again, From: from, Released: before})
}

// Check that a rollback will work: run the previous image on the new schema.
//
// Each image runs the tests that it contains (label pipeline.smoke): the previous image on a database that the new image
// has migrated, and the new image on a database that the previous image has migrated. The previous image is the one that
// Fly reports for the last environment. If Fly does not report it, the step fails: give --previous. Without --token,
// nothing is checked, and the call succeeds. If that environment runs nothing, the step is skipped as a first release.
// compatibility.json in the results has every detail.
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
	return p.report(ctx, steps.CompatibilityStep, step.Options{Again: again, Previous: previous})
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
	r, err := p.load(ctx)
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

// Run every scanner of [scan] in parallel and print one report of their findings.
//
// The report lists a finding of several scanners once. Scan fails when a finding reaches the threshold and is neither
// waived nor in the baseline, or when a scanner did not run.
//
//	dagger call scan --format md
//
// +cache="never"
func (p *Pipeline) Scan(
	ctx context.Context,
	// The format of the report: text, md, json or sarif.
	// +default="text"
	format string,
	// Run every scanner again even if nothing changed.
	// +optional
	again bool,
) (string, error) {
	return p.print(ctx, "scan", format, again)
}

// print runs some scanners, all when none are named, and returns their report.
func (p *Pipeline) print(ctx context.Context, name, format string, again bool, only ...string) (string, error) {
	r, err := p.load(ctx)
	if err != nil {
		return "", output.Error(err)
	}
	text, err := p.scanners(r, step.Options{Again: again}).Print(ctx, name, format, only...)
	if skipped, yes := steps.Skipped(err); yes && len(only) > 0 {
		return skipped, nil
	}
	return text, output.Error(err)
}
