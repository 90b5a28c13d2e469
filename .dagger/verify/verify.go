// Package verify makes the steps that a change must pass, but for the scanners: the checks of pipeline.toml,
// migrations, compatibility, journeys in a browser, and the build of the image.
package verify

import (
	"context"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/source"
	"dagger/pipeline/step"
	"dagger/pipeline/target"

	steps "github.com/renewa/pipeline/ci/verify/step"
)

var dag = dagger.Connect()

// A Verifier makes the steps of a repository.
type Verifier struct {
	source.Repository
	Target  target.Target // asked which image the last environment runs
	Options step.Options
}

// Makers returns the steps that pipeline.toml states, without scanners and image, in the order of the table of ci.
func (v Verifier) Makers() []step.Maker {
	by := map[string]func(context.Context) (step.Step, error){
		steps.MigrationsStep:    v.migrations,
		steps.CompatibilityStep: v.compatibility,
		steps.EndToEndStep:      func(context.Context) (step.Step, error) { return v.endToEnd() },
	}
	for _, c := range v.Checks {
		by[c.Name] = func(context.Context) (step.Step, error) { return v.stated(c), nil }
	}
	var all []step.Maker
	for _, name := range v.StepNames() {
		if makes, known := by[name]; known {
			all = append(all, step.Maker{Name: name, Make: makes})
		}
	}
	return all
}
