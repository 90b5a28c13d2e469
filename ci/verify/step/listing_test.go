package step_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/golden"
	"github.com/renewa/pipeline/ci/verify/step"
)

func TestAListingNamesWhatEachStepDependsOn(t *testing.T) {
	golden.Equal(t, "listing.txt", step.Listing{
		{Check: step.Check{Name: "lint", Run: []string{"lint"}}, Files: "sha256:1", Count: 12},
		{Check: step.Check{Name: "scan-licences", Run: []string{"scan"}}, Files: "sha256:2", Count: 1, Pins: map[string]string{"image": "scanner:1", "database": "sha256:3"}},
		{Check: step.Check{Name: "compatibility"}, Gap: "no Fly is set up"},
	}.String())
}

func TestTheKeyOfAStepChangesWithAnythingItDependsOnAndWithNothingElse(t *testing.T) {
	one := step.Dependence{Check: step.Check{Name: "unit", Run: []string{"bun test"}}, Files: "sha256:1", Pins: map[string]string{"image": "bun:1"}}
	same := one
	same.Count, same.Check.Says = 7, "" // how many files there are is in their digest
	require.Equal(t, one.Key(), same.Key())
	for reason, change := range map[string]func(*step.Dependence){
		"a file":          func(d *step.Dependence) { d.Files = "sha256:2" },
		"a command":       func(d *step.Dependence) { d.Check.Run = []string{"bun test "} },
		"a variable":      func(d *step.Dependence) { d.Check.Env = map[string]string{"A": "1"} },
		"a pin's version": func(d *step.Dependence) { d.Pins = map[string]string{"image": "bun:2"} },
		"a pin more":      func(d *step.Dependence) { d.Pins = map[string]string{"image": "bun:1", "database": "1"} },
	} {
		other := one
		change(&other)
		require.NotEqual(t, one.Key(), other.Key(), reason)
	}
}
