package compatibility

import (
	"context"
	"fmt"
	"time"

	"github.com/renewa/pipeline/ci/release/image"
	"github.com/renewa/pipeline/ci/verify/step"
)

// Images builds, reads and runs the two images.
type Images interface {
	New(ctx context.Context) (Image, error)                                             // builds the image of the sources
	Previous(ctx context.Context, ref image.Ref) (Image, error)                         // pulls the previous image
	Both(ctx context.Context, previous, fresh Image) (onNew, onPrevious Trial, _ error) // runs each on the other's schema
}

// Compare runs both images, each on the other's schema, and returns the report with its verdict. Images that lack a
// suite, and a first release, are not run. A first release that the last environment contradicts is an error.
func Compare(ctx context.Context, images Images, before Previous) (Report, error) {
	var r Report
	var err error
	if r.New, err = images.New(ctx); err != nil {
		return r, err
	}
	if !before.Runs.IsZero() {
		runs, err := read(ctx, images, before.Runs)
		if err == nil {
			err = before.contradicted(runs)
		}
		if err != nil {
			return r, err
		}
	}
	if before.Known() {
		previous, err := read(ctx, images, before.Image)
		if err != nil {
			return r, err
		}
		previous.From = before.From
		r.Previous = &previous
		if r.Triable() {
			onNew, onPrevious, err := images.Both(ctx, previous, r.New)
			if err != nil {
				return r, err
			}
			r.PreviousOnNew, r.NewOnPrevious = &onNew, &onPrevious
		}
	}
	return r.Judged(before), nil
}

func read(ctx context.Context, images Images, ref image.Ref) (Image, error) {
	i, err := images.Previous(ctx, ref)
	if err != nil {
		return i, fmt.Errorf("the previous image %s cannot be read: %w", ref, err)
	}
	i.Name = ref.String()
	return i, nil
}

// StartTime is how long services may take to start, beside the time of a suite.
const StartTime = time.Minute

// Names of the trials, and of the folders of their logs.
const (
	PreviousOnNew = "previous-on-new-schema"
	NewOnPrevious = "new-on-previous-schema"
)

// An Attempt runs one image with its suite on the schema of the other image.
type Attempt struct {
	Name, Suite string
	Timeout     time.Duration
	Run         func(ctx context.Context) (step.Verdict, error) // runs the image and its suite once the schema is there
	Migrate     func(ctx context.Context) (step.Verdict, error) // runs the other image alone, for the reason why it is not
}

// Trial runs the attempt. When the suite did not begin, the other image gives the reason.
func (a Attempt) Trial(ctx context.Context) (Trial, error) {
	limited, cancel := context.WithTimeout(ctx, a.Timeout+StartTime)
	defer cancel()
	verdict, err := a.Run(limited)
	if err == nil {
		return TrialOf(verdict, a.Suite), nil
	}
	late := limited.Err() != nil && ctx.Err() == nil
	if alone, merr := a.Migrate(ctx); merr == nil {
		if ended, ok := NoSchema(alone, late); ok {
			return ended, nil
		}
	}
	return Trial{}, fmt.Errorf("the tests %s cannot be run: %w", a.Name, err)
}

// Step returns the check of the step. The images run in containers of their own, so the command of the step keeps their
// results.
func Step(timeout time.Duration) step.Check {
	return step.Check{
		Name: step.CompatibilityStep, Run: []string{"cp -r " + Found + "/. ."}, Timeout: timeout,
		Reports: []string{File, Logs},
	}
}

// Flags returns the flags of a call that states the previous image, with a space before them.
func Flags(given string) string {
	if given == "" {
		return ""
	}
	return " " + flag + " " + given
}
