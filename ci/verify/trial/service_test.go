package trial_test

import (
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/verify/trial"
)

func TestAnAppServesOnceItsReleaseCommandHasRun(t *testing.T) {
	r := trial.Run{
		Release: []string{"sh", "-c", "echo it\\'s $RELEASE_COMMAND"},
		Serve:   []string{"sh", "-c", "echo app ${RELEASE_COMMAND:-serves}"},
	}
	out, err := exec.CommandContext(t.Context(), "sh", "-c", r.Migrated()).Output()
	require.NoError(t, err)
	require.Equal(t, "it's 1\napp serves\n", string(out))
	require.Equal(t, "exec app", trial.Run{Serve: []string{"app"}}.Migrated())
}

func TestAReleaseCommandThatFailsStartsNothing(t *testing.T) {
	r := trial.Run{Release: []string{"false"}, Serve: []string{"echo", "served"}}
	out, err := exec.CommandContext(t.Context(), "sh", "-c", r.Migrated()).Output()
	require.Error(t, err)
	require.Empty(t, out)
}
