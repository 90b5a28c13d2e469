//go:build acceptance

package acceptance

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// userDefault is the line that Dagger prints, also with -s, for an argument that it takes from a .env. Dagger prints the
// line several times a call.
var userDefault = regexp.MustCompile(`^user default: pipeline\((\w+)=`)

func TestASilentCallPrintsTheResultAndTheDefaultsOfDotenvAlone(t *testing.T) {
	w := deployed(t)
	set := map[string]bool{}
	for _, match := range regexp.MustCompile(`(?m)^PIPELINE_([A-Z]+)=`).FindAllStringSubmatch(w.dotenv(t), -1) {
		set[strings.ToLower(match[1])] = true
	}
	require.NotEmpty(t, set)
	require.LessOrEqual(t, len(set), 4, "names in the .env that make up writes")

	got := w.dagger(w.checkout, "-s", "call", "status").ok(t)
	require.True(t, strings.HasPrefix(got.stdout, "fly: flylocal"), got.stdout)
	printed := map[string]bool{}
	for line := range strings.Lines(got.stderr) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		match := userDefault.FindStringSubmatch(line)
		require.NotNil(t, match, "another line is printed: %s", line)
		printed[match[1]] = true
	}
	require.Subset(t, slices.Collect(maps.Keys(set)), slices.Collect(maps.Keys(printed)))
}
