package repository

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/verify/step"
)

func TestEachTableHasOnePackageAndEachStepATable(t *testing.T) {
	names := map[string]bool{}
	for _, table := range (&Configuration{}).tables() {
		require.False(t, names[table.Name], "two packages decode [%s]", table.Name)
		require.NotContains(t, []string{"app", "stage", "preview", "secret"}, table.Name, "config decodes it")
		names[table.Name] = true
	}
	for _, s := range step.KnownSteps() {
		require.True(t, s.Table == "" || names[s.Table], "no package decodes [%s], which states %s", s.Table, s.Name)
	}
}
