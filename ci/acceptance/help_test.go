//go:build acceptance

package acceptance

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// functions are what the module offers.
var functions = []string{"build", "publish", "deploy", "promote", "status", "setup", "dev", "flylocal"}

func TestFunctionsAreListedWithWhatTheyDo(t *testing.T) {
	w := deployed(t)
	said := w.dagger(w.checkout, "functions").ok(t).stdout
	for _, name := range functions {
		require.Regexp(t, `(?m)^`+name+` +\S.{20,}`, said)
	}
	require.Len(t, regexp.MustCompile(`(?m)^[a-z-]+ +[A-Z].*$`).FindAllString(said, -1), len(functions), "one that is not tested here:\n%s", said)
}

// A flag's line, and the start of what it says.
var flagLine = regexp.MustCompile(`(?m)^ +(?:-\w, )?--([a-z-]+) [A-Za-z]+( +\S+)?`)

func TestEveryArgumentSaysWhatItIs(t *testing.T) {
	w := deployed(t)
	t.Run("of", func(t *testing.T) {
		for _, name := range functions {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				said := w.dagger(w.checkout, "call", name, "--help").ok(t).stdout
				own, _, _ := strings.Cut(said, "INHERITED OPTIONS")
				for _, flag := range flagLine.FindAllStringSubmatch(own, -1) {
					require.NotEmpty(t, strings.TrimSpace(flag[2]), "--%s says nothing:\n%s", flag[1], own)
				}
				require.NotContains(t, own, "+cache", own)
			})
		}
	})
}
