package ci_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRenovateFindsEveryPinThatHasItsComment runs the expression of renovate.json over the files it names. Go reads
// it as JavaScript does.
func TestRenovateFindsEveryPinThatHasItsComment(t *testing.T) {
	var config struct {
		CustomManagers []struct{ ManagerFilePatterns, MatchStrings []string }
	}
	text, err := os.ReadFile("../renovate.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &config))
	names, err := exec.CommandContext(t.Context(), "git", "-C", "..", "ls-files").Output()
	require.NoError(t, err)

	manager := config.CustomManagers[0]
	match := regexp.MustCompile(manager.MatchStrings[0])
	found := map[string]string{}
	for _, pattern := range manager.ManagerFilePatterns {
		file := regexp.MustCompile(strings.Trim(pattern, "/"))
		for _, name := range strings.Fields(string(names)) {
			if !file.MatchString(name) {
				continue
			}
			text, err := os.ReadFile("../" + name)
			require.NoError(t, err)
			pins := match.FindAllStringSubmatch(string(text), -1)
			require.Len(t, pins, strings.Count(string(text), "renovate: datasource="), "%s has a pin that Renovate does not find", name)
			for _, pin := range pins {
				found[name+" "+pin[match.SubexpIndex("depName")]] = pin[match.SubexpIndex("currentValue")]
			}
		}
	}
	require.Equal(t, "1.26", found[".dagger/container/pins.go golang"])
	require.Equal(t, "trixie-slim", found["lab/versions.env debian"])
	require.Equal(t, "trixie-slim", found[".dagger/container/pins.go debian"])
	require.Equal(t, "v0.21.8", found["lab/versions.env dagger/dagger"])
}
