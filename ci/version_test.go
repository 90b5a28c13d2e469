package ci_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// heading is the heading of a version in CHANGELOG, as in "v0.1.0 (2026-11-29)".
var heading = regexp.MustCompile(`^(v\d+\.\d+\.\d+) \((\d{4}-\d{2}-\d{2})\)$`)

// versions returns the versions of a changelog, the newest first. Unreleased stands above them.
func versions(changelog string) (found []string, err error) {
	var last time.Time
	for i, match := range regexp.MustCompile(`(?m)^## (.*)$`).FindAllStringSubmatch(changelog, -1) {
		if i == 0 {
			if match[1] != "Unreleased" {
				return nil, fmt.Errorf("the first heading is %q, want Unreleased", match[1])
			}
			continue
		}
		parts := heading.FindStringSubmatch(match[1])
		if parts == nil {
			return nil, fmt.Errorf("the heading %q is no version with its date, as in v0.1.0 (2026-11-29)", match[1])
		}
		day, err := time.Parse(time.DateOnly, parts[2])
		if err != nil {
			return nil, err
		}
		if !last.IsZero() && day.After(last) || slices.Contains(found, parts[1]) {
			return nil, fmt.Errorf("the version %s is not older than the one above it", parts[1])
		}
		last, found = day, append(found, parts[1])
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("no version")
	}
	return found, nil
}

// unlisted returns the tags of versions that a changelog lacks.
func unlisted(tags, versions []string) (missing []string) {
	for _, tag := range tags {
		if strings.HasPrefix(tag, "v") && !slices.Contains(versions, tag) {
			missing = append(missing, tag)
		}
	}
	return missing
}

func TestEveryTagOfAVersionHasAnEntryInTheChangelog(t *testing.T) {
	found, err := versions(documents(t)["CHANGELOG.md"])
	require.NoError(t, err)
	out, err := exec.CommandContext(t.Context(), "git", "-C", "..", "tag", "--list").Output()
	if err != nil {
		t.Skipf("not a Git checkout, so there are no tags: %v", err)
	}
	require.Empty(t, unlisted(strings.Fields(string(out)), found), "tags without an entry in CHANGELOG.md")
}

func TestATagWithoutAnEntryIsRefused(t *testing.T) {
	found, err := versions("# Changelog\n\n## Unreleased\n- x\n\n## v0.2.0 (2026-12-01)\n### Added\n\n## v0.1.0 (2026-11-29)\n")
	require.NoError(t, err)
	require.Equal(t, []string{"v0.2.0", "v0.1.0"}, found)
	require.Empty(t, unlisted([]string{"v0.1.0", "v0.2.0", "nightly"}, found))
	require.Equal(t, []string{"v0.3.0", "v0.1"}, unlisted([]string{"v0.1.0", "v0.3.0", "v0.1"}, found))
	for reason, text := range map[string]string{
		"no Unreleased":     "## v0.1.0 (2026-11-29)\n",
		"no version":        "## Unreleased\n",
		"no date":           "## Unreleased\n## v0.1.0\n",
		"a day that is not": "## Unreleased\n## v0.1.0 (2026-02-30)\n",
		"twice":             "## Unreleased\n## v0.1.0 (2026-11-29)\n## v0.1.0 (2026-11-28)\n",
		"an old one above":  "## Unreleased\n## v0.1.0 (2026-11-29)\n## v0.2.0 (2026-12-01)\n",
	} {
		_, err := versions(text)
		require.Error(t, err, reason)
	}
}

func TestTheDocsNameTheNewestVersionOfTheModule(t *testing.T) {
	found, err := versions(documents(t)["CHANGELOG.md"])
	require.NoError(t, err)
	named := 0
	for file, text := range documents(t) {
		for _, match := range regexp.MustCompile(`github\.com/renewa/pipeline@([\w.-]+)`).FindAllStringSubmatch(text, -1) {
			named++
			require.Equal(t, found[0], match[1], file)
		}
	}
	require.NotZero(t, named)
}

func TestTheClientOfTheTestsHasTheVersionOfTheEngine(t *testing.T) {
	var module struct{ EngineVersion string }
	text, err := os.ReadFile("../dagger.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &module))
	required, err := os.ReadFile("../go.mod")
	require.NoError(t, err)
	require.Contains(t, string(required), "\tdagger.io/dagger "+module.EngineVersion+"\n")
}

// The CLI takes its own flags from anywhere on the command line. docs/decisions/0009 states what becomes of --env.
func TestOnlyEnvIsAFlagThatDaggerHasToo(t *testing.T) {
	theirs := strings.Fields("env workspace org cloud web debug load-module lock progress mod output json workdir interactive quiet silent verbose")
	for _, file := range packages(t, ".dagger")[".dagger"] {
		for _, fn := range functionsIn(file) {
			if !fn.Name.IsExported() {
				continue
			}
			for _, argument := range fn.Type.Params.List {
				name := strings.ToLower(inner.ReplaceAllString(argument.Names[0].Name, "-$0"))
				require.True(t, name == "env" || !slices.Contains(theirs, name), "%s of %s", name, fn.Name.Name)
			}
		}
	}
}
