package ci_test

import (
	"encoding/json"
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// An image can be built from every file of the repository but those of .git and of node_modules, which would be uploaded
// at every call, and the programs of this repository's own tests. Git compares all of them with its last commit.
func TestOnlyGitAndInstalledPackagesAreLeftOutOfTheSources(t *testing.T) {
	text, err := os.ReadFile("../.dagger/main.go")
	require.NoError(t, err)
	match := regexp.MustCompile(`\+ignore=(\[.*\])\n\s*source \*dagger\.Directory`).FindSubmatch(text)
	require.NotNil(t, match, "the argument source of New has no +ignore")
	var ignored []string
	require.NoError(t, json.Unmarshal(match[1], &ignored))
	require.Equal(t, []string{"**/.git", "**/node_modules", ".test"}, ignored)
}
