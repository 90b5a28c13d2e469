package secretstate_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/release/deploy/secretstate"
)

func TestPruneIsYesOrNo(t *testing.T) {
	yes, err := secretstate.ParsePrune("yes")
	require.NoError(t, err)
	require.True(t, yes)
	no, err := secretstate.ParsePrune("no")
	require.NoError(t, err)
	require.False(t, no)
	for _, text := range []string{"", "true", "1", "YES", " yes"} {
		_, err := secretstate.ParsePrune(text)
		require.ErrorContains(t, err, "give yes or no", text)
	}
}
