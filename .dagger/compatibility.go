package main

import (
	"context"
	"fmt"
	"time"

	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/verify/compatibility"
)

// Check that the new image can be rolled back: the previous one works on the new schema.
//
// Each image is run with the suite that it carries (label pipeline.smoke): the previous one on a database that
// the new one has migrated, and the other way round. The previous image is what the last stage runs, which Fly
// is asked for. One that is not known is not checked, and fails; a stage that runs nothing has nothing to go
// back to. compatibility.json among the results has all of it.
//
//	dagger call compatibility
//	dagger call compatibility --previous registry.fly.io/shop@sha256:…
//	dagger call compatibility --previous none
//
// +check
// +cache="never"
func (p *Pipeline) Compatibility(
	ctx context.Context,
	// The previous image, by digest, or none for a first release. Left out, the last stage says it.
	// +optional
	previous string,
	// Run it anew, even if nothing changed.
	// +optional
	again bool,
) (string, error) {
	return p.alone(ctx, pipeline.CompatibilityStep, wish{again: again, previous: previous})
}

// compatibility is the step of [compatibility].
func (p *Pipeline) compatibility(ctx context.Context, f pipeline.Config, a wish) (step, error) {
	before, err := p.previous(ctx, f, a.previous)
	if err != nil {
		return step{}, err
	}
	flags := ""
	if a.previous != "" {
		flags = " --previous " + a.previous
	}
	return step{
		Flags: flags,
		Check: pipeline.Check{
			Name: pipeline.CompatibilityStep, Run: []string{"cp -r " + compatibility.Found + "/. ."}, Timeout: time.Minute,
			Reports: []string{compatibility.File, compatibility.Logs},
		},
		Inputs: p.imageInputs(f).Inputs.WithFile(f.First().Config, p.Source.File(f.First().Config)),
		Pins: map[string]string{
			"image database": f.Trial.Postgres,
			"previous image": before.String(),
			"trial":          fmt.Sprint(*f.Trial, *f.Compatibility),
		},
		Ready: func(ctx context.Context) (*dagger.Container, error) {
			found, err := p.tried(ctx, f, before, a)
			if err != nil {
				return nil, err
			}
			// The images ran in containers of their own: the step's own command keeps what was found.
			return dag.Container(dagger.ContainerOpts{Platform: platform}).From(debianImage).WithWorkdir("/src").
				WithMountedDirectory(compatibility.Found, found), nil
		},
		Judge: compatibility.Judge,
		Why:   databaseSays(f),
	}, nil
}

// tried runs both images, each on the other's schema, and is the report with what they left.
func (p *Pipeline) tried(ctx context.Context, f pipeline.Config, before compatibility.Previous, a wish) (*dagger.Directory, error) {
	tag, err := p.tag(ctx, f)
	if err != nil {
		return nil, err
	}
	fresh := p.build(f)
	report := compatibility.Report{New: compatibility.Image{Name: tag, From: "these sources"}}
	if err := described(ctx, f, fresh, &report.New); err != nil {
		return nil, explained(err)
	}
	logs := dag.Directory()
	if before.Known() {
		old, err := p.pulled(ctx, before.Image)
		if err != nil {
			return nil, err
		}
		report.Previous = &compatibility.Image{Name: before.Image.String(), From: before.From}
		if err := described(ctx, f, old, report.Previous); err != nil {
			return nil, fmt.Errorf("read the previous image %s: %w", before.Image, err)
		}
		if report.Triable() {
			if logs, err = p.tryBoth(ctx, f, old, fresh, &report, a.again); err != nil {
				return nil, err
			}
		}
	}
	return dag.Directory().WithDirectory(compatibility.Logs, logs).WithNewFile(compatibility.File, report.Judged(before).JSON()), nil
}

// tryBoth notes in the report how the images did, and returns their logs.
func (p *Pipeline) tryBoth(ctx context.Context, f pipeline.Config, old, fresh *dagger.Container, r *compatibility.Report, again bool) (*dagger.Directory, error) {
	logs, ended, err := p.tries(ctx, f, []try{
		{name: "previous-on-new-schema", image: old, suite: r.Previous.Suite, schema: fresh},
		{name: "new-on-previous-schema", image: fresh, suite: r.New.Suite, schema: old},
	}, again)
	if err != nil {
		return nil, err
	}
	r.PreviousOnNew, r.NewOnPrevious = &ended[0], &ended[1]
	return logs, nil
}

// described reads what an image says of itself.
func described(ctx context.Context, f pipeline.Config, c *dagger.Container, i *compatibility.Image) (err error) {
	if i.Suite, err = c.Label(ctx, compatibility.Label); err != nil {
		return err
	}
	folder := f.Compatibility.Migrations
	if folder == "" {
		return nil
	}
	if there, err := c.Exists(ctx, folder); err != nil || !there {
		return err
	}
	i.Migrations, err = c.Directory(folder).Glob(ctx, "*.sql")
	return err
}
