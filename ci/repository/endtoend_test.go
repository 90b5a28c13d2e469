package repository_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/verify/endtoend"
)

func TestAnEndToEndSuiteNeedsOnlyItsReport(t *testing.T) {
	f := loaded(t, withTrial+"[end_to_end]\njunit = [\"junit.xml\"]\nfailing = { D = \"nowhere\" }\n"+minimal)
	require.Equal(t, &endtoend.Settings{
		Dir: "e2e", Run: "npx playwright test", Failing: map[string]string{"D": "nowhere"},
		Timeout: 10 * time.Minute, JUnit: []string{"junit.xml"},
	}, f.EndToEnd)
	names, err := f.Steps(nil)
	require.NoError(t, err)
	require.Equal(t, []string{"end-to-end", "image"}, names)
	require.Nil(t, loaded(t, minimal).EndToEnd)
}
