package verify

import (
	"context"
	"fmt"
	"time"

	"dagger/pipeline/container"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/source"
	"dagger/pipeline/step"

	steps "github.com/renewa/pipeline/ci/verify/step"
)

// stated returns the step of a [[check]].
func (v Verifier) stated(c steps.Check) step.Step {
	s := step.Step{Check: c, App: v.App.Name, Pins: map[string]string{}, Inputs: v.Below(c.Files)}
	if steps.ToolImage(c, v.Toolbox) == "" {
		s.Inputs = s.Inputs.WithDirectory(".", v.StageFiles(v.Toolbox.Files))
	} else {
		s.Pins["image"] = steps.ToolName(c, v.Toolbox, v.App.Dockerfile)
	}
	s.Ready = func(ctx context.Context) (*dagger.Container, error) {
		ready, err := Toolbox(ctx, v.Repository, c)
		if err != nil {
			return nil, fmt.Errorf("the image of the check (%s) was not prepared: %w", steps.ToolName(c, v.Toolbox, v.App.Dockerfile), err)
		}
		return ready, nil
	}
	return s
}

// Toolbox returns the container of a check, with the files that the check reads. Its user is root, so that any tool
// may write anywhere.
func Toolbox(ctx context.Context, r source.Repository, c steps.Check) (*dagger.Container, error) {
	tools, err := tools(r, c).WithUser("root").Sync(ctx)
	if err != nil {
		return nil, err
	}
	at, err := tools.Workdir(ctx)
	if err != nil {
		return nil, err
	}
	at = steps.Workdir(at)
	return container.WithVariables(tools, c.Env).WithWorkdir(at).WithDirectory(at, r.Below(c.Files).Directory(r.App.Context)), nil
}

// tools returns the image that a check runs in: its own, or the toolbox.
func tools(r source.Repository, c steps.Check) *dagger.Container {
	if image := steps.ToolImage(c, r.Toolbox); image != "" {
		return container.From(image)
	}
	return r.Stage(r.Toolbox.Target, r.Toolbox.Files)
}

// ImageMaker makes the step of the image.
func ImageMaker(r source.Repository) step.Maker {
	return step.Maker{Name: steps.ImageStep, Make: func(context.Context) (step.Step, error) { return imageInputs(r), nil }}
}

// imageInputs returns a step that builds the image and records what the image is made from.
func imageInputs(r source.Repository) step.Step {
	return step.Step{
		Check:  steps.Check{Name: steps.ImageStep, Run: []string{"true"}, Timeout: time.Minute},
		App:    r.App.Name,
		Inputs: r.Inputs(),
		Pins:   r.Build.Pins(),
		Ready: func(ctx context.Context) (*dagger.Container, error) {
			_, err := r.Image().Sync(ctx)
			return container.From(container.Debian), container.BuildError(err)
		},
	}
}

// ImageRow builds the image, for the table of ci. The engine does not report what it had to build: a small step on
// the same inputs runs when they changed, and names the change.
func ImageRow(ctx context.Context, r source.Repository) steps.Row {
	build := steps.Build{Name: steps.ImageStep, Began: time.Now()}
	_, err := r.Image().Sync(ctx)
	build.Seconds, build.Err = time.Since(build.Began).Seconds(), container.BuildError(err)
	var recorded *steps.Verdict
	if build.Err == nil {
		if _, verdict, err := imageInputs(r).Run(ctx, false); err == nil {
			recorded = &verdict
		}
	}
	return steps.BuildRow(build, recorded)
}
