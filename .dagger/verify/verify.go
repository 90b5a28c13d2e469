// Package verify makes the steps that a change must pass, but for the scanners: the checks of pipeline.toml,
// migrations, compatibility, journeys in a browser, and the build of the image.
package verify

import (
	"context"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/source"
	"dagger/pipeline/step"
	"dagger/pipeline/target"

	"github.com/renewa/pipeline/ci/config/pipeline"
)

var dag = dagger.Connect()

// A Verifier makes the steps of a repository.
type Verifier struct {
	source.Repository
	Target  target.Target // asked which image the last environment runs
	Options step.Options
}

// Makers returns the steps that pipeline.toml states, in the order of a table, but for the image.
func (v Verifier) Makers() []step.Maker {
	var all []step.Maker
	for _, c := range v.Checks {
		all = append(all, step.Maker{Name: c.Name, Make: func(context.Context) (step.Step, error) { return v.stated(c), nil }})
	}
	if v.Migrations != nil {
		all = append(all, step.Maker{Name: pipeline.MigrationsStep, Make: v.migrations})
	}
	if v.Compatibility != nil {
		all = append(all, step.Maker{Name: pipeline.CompatibilityStep, Make: v.compatibility})
	}
	if v.EndToEnd != nil {
		all = append(all, step.Maker{Name: pipeline.EndToEndStep, Make: func(context.Context) (step.Step, error) { return v.endToEnd() }})
	}
	return all
}
