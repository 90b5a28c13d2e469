//go:build acceptance

package acceptance

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestScriptsOutsideTheLabArePosix(t *testing.T) {
	t.Parallel()
	w := deployed(t)
	names, err := filepath.Glob(w.path("scripts/*.sh"))
	require.NoError(t, err)
	require.NotEmpty(t, names)
	check := []string{"shellcheck", "-s", "sh", "-x", "--source-path=SCRIPTDIR"}
	for _, name := range names {
		relative, err := filepath.Rel(string(w.checkout), name)
		require.NoError(t, err)
		check = append(check, relative)
	}
	if _, err := exec.LookPath("shellcheck"); err == nil {
		command{string(w.checkout), w.environment(), check}.ok(t)
		return
	}
	w.dagger(w.checkout, "-M", "--progress=logs", "-c", `container | from debian:trixie-slim |
		with-exec -- sh -c "apt-get update -qq && apt-get install -qq --no-install-recommends shellcheck" |
		with-directory /src/scripts $(host | directory scripts) | with-directory /src/lab $(host | directory lab) | with-workdir /src |
		with-exec -- `+strings.Join(check, " ")+` | stdout`).ok(t)
}
