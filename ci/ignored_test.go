package ci_test

import (
	"encoding/json"
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/release/revision"
)

// An image can be built from every file of the repository but those of .git. What steps leave out is no change of the
// sources, so that the commit of an image does not end with "-changed".
func TestOnlyGitIsLeftOutOfTheSources(t *testing.T) {
	text, err := os.ReadFile("../.dagger/main.go")
	require.NoError(t, err)
	match := regexp.MustCompile(`\+ignore=(\[.*\])\n\s*source \*dagger\.Directory`).FindSubmatch(text)
	require.NotNil(t, match, "the argument source of New has no +ignore")
	var ignored []string
	require.NoError(t, json.Unmarshal(match[1], &ignored))
	require.Equal(t, []string{"**/.git"}, ignored)
	text, err = os.ReadFile("../.dagger/source/source.go")
	require.NoError(t, err)
	require.Contains(t, string(text), "revision.Ignored", "the files of steps lack what the history is compared without")
	require.Contains(t, revision.Ignored, "**/.git")
}
