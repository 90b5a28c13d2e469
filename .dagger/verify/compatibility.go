package verify

import (
	"context"
	"time"

	"dagger/pipeline/container"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/step"

	"github.com/renewa/pipeline/ci/release/image"
	"github.com/renewa/pipeline/ci/verify/compatibility"
)

// compatibility returns the step of [compatibility].
func (v Verifier) compatibility(ctx context.Context) (step.Step, error) {
	before, err := v.previous(ctx)
	if err != nil {
		return step.Step{}, err
	}
	return step.Step{
		Flags:  compatibility.Flags(v.Options.Previous),
		Check:  compatibility.Step(time.Minute),
		App:    v.App.Name,
		Inputs: v.WithFlyToml(v.Inputs()),
		Pins: map[string]string{
			"image database": v.Trial.Postgres,
			"previous image": before.String(),
			"trial":          compatibility.Pin(*v.Trial, *v.Compatibility),
		},
		Ready: func(ctx context.Context) (*dagger.Container, error) {
			images := images{Verifier: v, logs: dag.Directory()}
			report, err := compatibility.Compare(ctx, &images, before)
			if err != nil {
				return nil, err
			}
			found := dag.Directory().WithDirectory(compatibility.Logs, images.logs).WithNewFile(compatibility.File, report.JSON())
			return container.From(container.Debian).WithWorkdir("/src").WithMountedDirectory(compatibility.Found, found), nil
		},
		Judge: v.Compatibility.Judge,
		Why:   v.databaseFailure,
	}, nil
}

// images are the new and the previous image on the engine.
type images struct {
	Verifier
	fresh, previous *dagger.Container
	logs            *dagger.Directory // of the trials
}

func (i *images) New(ctx context.Context) (compatibility.Image, error) {
	tag, err := i.Tag(ctx)
	if err != nil {
		return compatibility.Image{}, err
	}
	i.fresh = i.Image()
	described, err := i.describe(ctx, i.fresh)
	described.Name, described.From = tag, "these sources"
	return described, container.BuildError(err)
}

func (i *images) Previous(ctx context.Context, ref image.Ref) (described compatibility.Image, err error) {
	if i.previous, err = i.Target.Pull(ctx, ref); err != nil {
		return described, err
	}
	return i.describe(ctx, i.previous)
}

func (i *images) Both(ctx context.Context, previous, fresh compatibility.Image) (onNew, onPrevious compatibility.Trial, err error) {
	logs, ended, err := i.tryAll(ctx, []try{
		{name: compatibility.PreviousOnNew, image: i.previous, suite: previous.Suite, schema: i.fresh},
		{name: compatibility.NewOnPrevious, image: i.fresh, suite: fresh.Suite, schema: i.previous},
	})
	if err != nil {
		return onNew, onPrevious, err
	}
	i.logs = logs
	return ended[0], ended[1], nil
}

// describe reads the suite and the migrations that an image carries.
func (v Verifier) describe(ctx context.Context, c *dagger.Container) (i compatibility.Image, err error) {
	if i.Suite, err = c.Label(ctx, compatibility.Label); err != nil {
		return i, err
	}
	folder := v.Compatibility.Migrations
	if folder == "" {
		return i, nil
	}
	if there, err := c.Exists(ctx, folder); err != nil || !there {
		return i, err
	}
	i.Migrations, err = c.Directory(folder).Glob(ctx, "*.sql")
	return i, err
}
