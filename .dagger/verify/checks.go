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
	if c.Image == "" && v.Toolbox.Image == "" {
		s.Inputs = s.Inputs.WithDirectory(".", v.StageFiles(v.Toolbox.Files))
	} else {
		s.Pins["image"] = imageName(v.Repository, c)
	}
	s.Ready = func(ctx context.Context) (*dagger.Container, error) {
		ready, err := Toolbox(ctx, v.Repository, c)
		if err != nil {
			return nil, fmt.Errorf("prepare the image of the check (%s): %w", imageName(v.Repository, c), err)
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
	if at == "" || at == "/" {
		at = "/src"
	}
	return container.WithVariables(tools, c.Env).WithWorkdir(at).WithDirectory(at, r.Below(c.Files).Directory(r.App.Context)), nil
}

// tools returns the image that a check runs in: its own, or the toolbox.
func tools(r source.Repository, c steps.Check) *dagger.Container {
	switch {
	case c.Image != "":
		return container.From(c.Image)
	case r.Toolbox.Image != "":
		return container.From(r.Toolbox.Image)
	}
	return r.Stage(r.Toolbox.Target, r.Toolbox.Files)
}

// imageName names that image for the reader of an error.
func imageName(r source.Repository, c steps.Check) string {
	switch {
	case c.Image != "":
		return c.Image
	case r.Toolbox.Image != "":
		return r.Toolbox.Image
	}
	return fmt.Sprintf("stage %s of %s", r.Toolbox.Target, r.App.Dockerfile)
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
		Ready: func(ctx context.Context) (*dagger.Container, error) {
			_, err := r.Image().Sync(ctx)
			return container.From(container.Debian), container.BuildError(err)
		},
	}
}

// ImageRow builds the image, for the table of ci. The engine does not report what it had to build: a small step on
// the same inputs runs when they changed, and names the change.
func ImageRow(ctx context.Context, r source.Repository) steps.Row {
	began := time.Now()
	row := steps.Row{Name: steps.ImageStep, Status: steps.Passed, Call: steps.Call(steps.ImageStep)}
	_, err := r.Image().Sync(ctx)
	row.Seconds = time.Since(began).Seconds()
	if err != nil {
		row.Status, row.Report = steps.Failed, container.BuildError(err).Error()
		return row
	}
	if _, verdict, err := imageInputs(r).Run(ctx, false); err == nil {
		recorded := steps.RowOf(verdict, began)
		row.Cached, row.Changed = recorded.Cached, recorded.Changed
	}
	return row
}
