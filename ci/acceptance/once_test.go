//go:build acceptance

package acceptance

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// These are the ways to fewer lines that the README names.
func TestAnErrorIsPrintedOnceAndAQuietCallPrintsItAlone(t *testing.T) {
	t.Parallel()
	w := deployed(t)
	const problem, advice = `unknown environment "stagng"`, `did you mean "staging"`
	quiet := w.dagger(w.checkout, "-s", "call", "report", "--env", "stagng").run(t)
	require.NotZero(t, quiet.code)
	require.Equal(t, 1, strings.Count(quiet.all, problem), quiet.all)
	require.Equal(t, 1, strings.Count(quiet.all, advice), quiet.all)
	dots := w.dagger(w.checkout, "--progress=dots", "call", "report", "--env", "stagng").run(t)
	require.NotZero(t, dots.code)
	require.Equal(t, 1, strings.Count(dots.all, problem), dots.all)
	require.Equal(t, 1, strings.Count(dots.all, advice), dots.all)
}
