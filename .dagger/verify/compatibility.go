package verify

import (
	"context"
	"fmt"
	"time"

	"dagger/pipeline/container"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/step"

	"github.com/renewa/pipeline/ci/verify/compatibility"
	steps "github.com/renewa/pipeline/ci/verify/step"
)

// compatibility returns the step of [compatibility].
func (v Verifier) compatibility(ctx context.Context) (step.Step, error) {
	before, err := v.previous(ctx)
	if err != nil {
		return step.Step{}, err
	}
	flags := ""
	if v.Options.Previous != "" {
		flags = " --previous " + v.Options.Previous
	}
	return step.Step{
		Flags: flags,
		Check: steps.Check{
			Name: steps.CompatibilityStep, Run: []string{"cp -r " + compatibility.Found + "/. ."}, Timeout: time.Minute,
			Reports: []string{compatibility.File, compatibility.Logs},
		},
		App:    v.App.Name,
		Inputs: v.WithFlyToml(v.Inputs()),
		Pins: map[string]string{
			"image database": v.Trial.Postgres,
			"previous image": before.String(),
			"trial":          fmt.Sprint(*v.Trial, *v.Compatibility),
		},
		Ready: func(ctx context.Context) (*dagger.Container, error) {
			found, err := v.tryImages(ctx, before)
			if err != nil {
				return nil, err
			}
			// The images ran in containers of their own: the step's own command keeps their results.
			return container.From(container.Debian).WithWorkdir("/src").WithMountedDirectory(compatibility.Found, found), nil
		},
		Judge: v.Compatibility.Judge,
		Why:   v.databaseFailure,
	}, nil
}

// tryImages runs both images, each on the other's schema, and returns the report with what they left.
func (v Verifier) tryImages(ctx context.Context, before compatibility.Previous) (*dagger.Directory, error) {
	tag, err := v.Tag(ctx)
	if err != nil {
		return nil, err
	}
	fresh := v.Image()
	report := compatibility.Report{New: compatibility.Image{Name: tag, From: "these sources"}}
	if err := v.describe(ctx, fresh, &report.New); err != nil {
		return nil, container.BuildError(err)
	}
	logs := dag.Directory()
	if before.Known() {
		old, err := v.Target.Pull(ctx, before.Image)
		if err != nil {
			return nil, err
		}
		report.Previous = &compatibility.Image{Name: before.Image.String(), From: before.From}
		if err := v.describe(ctx, old, report.Previous); err != nil {
			return nil, fmt.Errorf("read the previous image %s: %w", before.Image, err)
		}
		if report.Triable() {
			if logs, err = v.tryBoth(ctx, old, fresh, &report); err != nil {
				return nil, err
			}
		}
	}
	return dag.Directory().WithDirectory(compatibility.Logs, logs).WithNewFile(compatibility.File, report.Judged(before).JSON()), nil
}

// tryBoth enters into the report how the images did, and returns their logs.
func (v Verifier) tryBoth(ctx context.Context, old, fresh *dagger.Container, r *compatibility.Report) (*dagger.Directory, error) {
	logs, ended, err := v.tryAll(ctx, []try{
		{name: "previous-on-new-schema", image: old, suite: r.Previous.Suite, schema: fresh},
		{name: "new-on-previous-schema", image: fresh, suite: r.New.Suite, schema: old},
	})
	if err != nil {
		return nil, err
	}
	r.PreviousOnNew, r.NewOnPrevious = &ended[0], &ended[1]
	return logs, nil
}

// describe reads the suite and the migrations that an image carries.
func (v Verifier) describe(ctx context.Context, c *dagger.Container, i *compatibility.Image) (err error) {
	if i.Suite, err = c.Label(ctx, compatibility.Label); err != nil {
		return err
	}
	folder := v.Compatibility.Migrations
	if folder == "" {
		return nil
	}
	if there, err := c.Exists(ctx, folder); err != nil || !there {
		return err
	}
	i.Migrations, err = c.Directory(folder).Glob(ctx, "*.sql")
	return err
}
