package gate_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/golden"
	"github.com/renewa/pipeline/ci/verify/gate"
)

func TestAListingSaysWhatEachStepDependsOn(t *testing.T) {
	golden.Equal(t, "listing.txt", gate.Listing{
		{Check: pipeline.Check{Name: "lint", Run: []string{"lint"}}, Files: "sha256:1", Count: 12},
		{Check: pipeline.Check{Name: "scan-licences", Run: []string{"scan"}}, Files: "sha256:2", Count: 1, Pins: map[string]string{"image": "scanner:1", "database": "sha256:3"}},
		{Check: pipeline.Check{Name: "compatibility"}, Gap: "no Fly was named"},
	}.String())
}

func TestTheKeyOfAStepChangesWithAnythingItDependsOnAndWithNothingElse(t *testing.T) {
	one := gate.Dependence{Check: pipeline.Check{Name: "unit", Run: []string{"bun test"}}, Files: "sha256:1", Pins: map[string]string{"image": "bun:1"}}
	same := one
	same.Count, same.Check.Says = 7, "" // how many files there are is in their digest
	require.Equal(t, one.Key(), same.Key())
	for reason, change := range map[string]func(*gate.Dependence){
		"a file":          func(d *gate.Dependence) { d.Files = "sha256:2" },
		"a command":       func(d *gate.Dependence) { d.Check.Run = []string{"bun test "} },
		"a variable":      func(d *gate.Dependence) { d.Check.Env = map[string]string{"A": "1"} },
		"a pin's version": func(d *gate.Dependence) { d.Pins = map[string]string{"image": "bun:2"} },
		"a pin more":      func(d *gate.Dependence) { d.Pins = map[string]string{"image": "bun:1", "database": "1"} },
	} {
		other := one
		change(&other)
		require.NotEqual(t, one.Key(), other.Key(), reason)
	}
}
