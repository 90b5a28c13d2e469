// Package verify makes the steps that a change must pass, but for the scanners: the checks of pipeline.toml,
// migrations, compatibility, journeys in a browser, and the build of the image.
package verify

import (
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
	by := steps.ByName(v.Checks, v.stated)
	by[steps.MigrationsStep] = v.migrations
	by[steps.CompatibilityStep] = v.compatibility
	by[steps.EndToEndStep] = v.endToEnd
	return steps.Makers(v.StepNames(), by)
}
