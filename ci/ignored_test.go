package ci_test

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/release/revision"
)

// What --source leaves out is no change of the sources, so that the commit of an image does not end with "-changed".
func TestTheHistoryIsComparedWithoutTheFilesThatSourceLeavesOut(t *testing.T) {
	text, err := os.ReadFile("../.dagger/main.go")
	require.NoError(t, err)
	match := regexp.MustCompile(`\+ignore=(\[.*\])\n\s*source \*dagger\.Directory`).FindSubmatch(text)
	require.NotNil(t, match, "the argument source of New has no +ignore")
	var ignored []string
	require.NoError(t, json.Unmarshal(match[1], &ignored))
	ignored = slices.DeleteFunc(ignored, func(pattern string) bool { return strings.HasPrefix(pattern, "!") })
	require.Equal(t, ignored, revision.Ignored)
}
