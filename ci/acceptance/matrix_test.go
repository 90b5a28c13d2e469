//go:build acceptance

package acceptance

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// One file of each kind is edited. A step's exec depends on its files, arguments and pins alone, of which the key is a
// digest: the step runs again exactly when its key changes.
func TestEachKindOfFileRunsTheStepsAgainThatTheDocsList(t *testing.T) {
	c := checked(t)
	before := c.keys(t)
	rows := matrix(t)
	require.Greater(t, len(rows), 5)
	for file, want := range rows {
		t.Run(file, func(t *testing.T) {
			text, err := os.ReadFile(c.path(file))
			require.NoError(t, err)
			c.write(t, file, string(text)+"\n")
			defer c.write(t, file, string(text))
			after := c.keys(t)
			var changed []string
			for step, key := range after {
				if before[step] != key {
					changed = append(changed, step)
				}
			}
			slices.Sort(changed)
			slices.Sort(want)
			require.Equal(t, strings.Join(want, ", "), strings.Join(changed, ", "))
		})
	}
}

// keys are the keys of all steps, by name.
func (c checkout) keys(t testing.TB) map[string]string {
	t.Helper()
	var list []struct{ Step, Key string }
	require.NoError(t, json.Unmarshal([]byte(c.call("step", "list", "--format", "json").ok(t).stdout), &list))
	keys := map[string]string{}
	for _, step := range list {
		keys[step.Step] = step.Key
	}
	require.NotEmpty(t, keys)
	return keys
}

// row is a row of the table in docs/checks.md: a file, and the steps that its edit runs again.
var row = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| ([a-z, -]+) \\|$")

func matrix(t testing.TB) map[string][]string {
	t.Helper()
	text, err := os.ReadFile(repository + "/docs/checks.md")
	require.NoError(t, err)
	_, table, found := strings.Cut(string(text), "## What makes a step run again")
	require.True(t, found)
	rows := map[string][]string{}
	for _, match := range row.FindAllStringSubmatch(table, -1) {
		rows[match[1]] = slices.DeleteFunc(strings.Split(match[2], ", "), func(step string) bool { return step == "none" })
	}
	return rows
}
