//go:build acceptance

package acceptance

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// functions are what the module offers.
var functions = []string{"build", "publish", "deploy", "promote", "plan", "secrets", "rollback", "report", "status", "setup", "dev", "flylocal"}

func TestFunctionsAreListedWithWhatTheyDo(t *testing.T) {
	t.Parallel()
	w := deployed(t)
	said := w.dagger(w.checkout, "functions").ok(t).stdout
	for _, name := range functions {
		require.Regexp(t, `(?m)^`+name+` +\S.{20,}`, said)
	}
	require.Len(t, regexp.MustCompile(`(?m)^[a-z-]+ +[A-Z].*$`).FindAllString(said, -1), len(functions), "one that is not tested here:\n%s", said)
}

// A flag and its type; what it says follows, on the same line or below.
var option = regexp.MustCompile(`(?m)^ +--([a-z-]+)( [A-Za-z]+)?`)

func TestEveryArgumentSaysWhatItIs(t *testing.T) {
	t.Parallel()
	w := deployed(t)
	t.Run("of", func(t *testing.T) {
		for _, name := range functions {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				said := w.dagger(w.checkout, "call", name, "--help").ok(t).stdout
				own, _, _ := strings.Cut(said, "OPTIONS")
				places := option.FindAllStringSubmatchIndex(own, -1)
				for i, place := range places {
					end := len(own)
					if i+1 < len(places) {
						end = places[i+1][0]
					}
					text := strings.Trim(own[place[1]:end], " \n\t[]\x1b")
					require.Greater(t, len(strings.ReplaceAll(text, "required", "")), 10, "--%s says nothing:\n%s", own[place[2]:place[3]], own)
				}
				require.NotContains(t, own, "+cache", own)
			})
		}
	})
}
