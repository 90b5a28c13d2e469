//go:build acceptance

package acceptance

import (
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEveryRulePassesSemgrepsOwnTestOnItsSamples(t *testing.T) {
	c := checked(t)
	pins, err := os.ReadFile(c.path(".dagger/container/pins.go"))
	require.NoError(t, err)
	image := regexp.MustCompile(`semgrep/semgrep:[0-9.]+`).FindString(string(pins))
	require.NotEmpty(t, image)
	test := command{string(c), c.call("").env, []string{
		"dagger", "core", "--silent", "container", "from", "--address=" + image,
		"with-directory", "--path=/rules", "--source=" + c.path("ci/scan/rules"),
		"with-exec", "--args=semgrep,scan,--test,--metrics=off,--disable-version-check,--config,/rules,/rules/testdata", "stdout",
	}}
	require.Regexp(t, `✓ All tests passed`, test.ok(t).stdout)
}
