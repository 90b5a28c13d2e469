package ci_test

import (
	"encoding/json"
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/repository"
)

// An image can be built from every file of the repository but those of .git and of node_modules, which would be uploaded
// at every call, and the programs of this repository's own tests. Git compares all of them with its last commit.
func TestOnlyGitAndInstalledPackagesAreLeftOutOfTheSources(t *testing.T) {
	text, err := os.ReadFile("../.dagger/main.go")
	require.NoError(t, err)
	for name, want := range map[string][]string{
		"source": repository.Ignored,
		"git":    append([]string{"**"}, negated(repository.GitFiles)...),
	} {
		match := regexp.MustCompile(`\+ignore=(\[.*\])\n\s*` + name + ` \*dagger\.Directory`).FindSubmatch(text)
		require.NotNil(t, match, "the argument %s of New has no +ignore", name)
		var ignored []string
		require.NoError(t, json.Unmarshal(match[1], &ignored))
		require.Equal(t, want, ignored)
	}
	require.Equal(t, []string{"**/.git", "**/node_modules", ".test"}, repository.Ignored)
}

// Dagger v0.21.8 does not apply +ignore to a directory that .env names, as PIPELINE_SOURCE does in each .env of init: .git
// was in the image, and each commit changed the image's tag.
func TestTheSourcesOfEnvAreFilteredAsThoseOfAFlag(t *testing.T) {
	text, err := os.ReadFile("../.dagger/source/source.go")
	require.NoError(t, err)
	require.Contains(t, string(text), "whole = whole.Filter(dagger.DirectoryFilterOpts{Exclude: repository.Ignored})")
	require.Contains(t, string(text), "git = git.Filter(dagger.DirectoryFilterOpts{Include: repository.GitFiles})")
}

func negated(patterns []string) (list []string) {
	for _, pattern := range patterns {
		list = append(list, "!"+pattern)
	}
	return list
}
