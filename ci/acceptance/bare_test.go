//go:build acceptance

package acceptance

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheBareCommandWorksWithTheDotenvThatMakeUpWrote(t *testing.T) {
	w := deployed(t)
	got := w.dagger(w.checkout, "call", "--progress=logs", "deploy", "--env", "development").ok(t)
	wantNothing(t, got, 1)
	require.Regexp(t, flyRow, got.stdout)
	written, err := os.ReadFile(w.path(".env"))
	require.NoError(t, err)
	for line := range strings.Lines(string(written)) {
		_, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		require.True(t, strings.HasPrefix(line, "#") || strings.HasPrefix(value, "file://") || strings.HasPrefix(value, "tcp://"), "not a reference: %s", line)
	}
}

func TestADotenvThatIsThereIsNotOverwritten(t *testing.T) {
	w := deployed(t)
	c := another(t)
	c.write(t, ".env", "# mine\nPIPELINE_TOKEN=env://FLY_API_TOKEN\n")
	up := w.make("up")
	up.dir = string(c)
	got := up.ok(t)
	require.Contains(t, got.all, ".env: yours, left as it is")
	now, err := os.ReadFile(c.path(".env"))
	require.NoError(t, err)
	require.Equal(t, "# mine\nPIPELINE_TOKEN=env://FLY_API_TOKEN\n", string(now))
}

func TestABareCommandListsWhatIsMissing(t *testing.T) {
	t.Parallel()
	w := deployed(t)
	before := w.everything(t)
	deploy := []string{"call", "--progress=logs", "deploy", "--env", "development"}
	t.Run("with", func(t *testing.T) {
		for reason, c := range map[string]struct {
			dotenv string
			args   []string
			want   []string
		}{
			"no .env": {
				"", deploy, []string{"no target: neither Fly.io nor a local Fly is configured here, so nothing was done. Choose one:", "make up", "cp .env.example .env"},
			},
			"a token in a variable that is not set": {
				"PIPELINE_TOKEN=env://PIPELINE_NOT_SET\n", deploy, []string{"--token (PIPELINE_TOKEN in .env): the variable is not set"},
			},
			"a multi-line value in .env": {
				"KEY=\"-----BEGIN PRIVATE KEY-----\nplanted-9134\n-----END PRIVATE KEY-----\"\n", deploy, []string{"env file in"},
			},
			"a stage from .env": {
				"DEPLOY_ENV=production\nNAME=shop\nENV=production\n" + w.dotenv(t),
				[]string{"call", "--progress=logs", "deploy"},
				[]string{"deploy to production is refused"},
			},
		} {
			t.Run(reason, func(t *testing.T) {
				t.Parallel()
				in := another(t)
				if c.dotenv != "" {
					in.write(t, ".env", c.dotenv)
				}
				wantRefusal(t, w.dagger(in, c.args...).run(t), c.want...)
			})
		}
	})
	require.Equal(t, before, w.everything(t))
}

func TestAnAppsOwnDotenvDoesNotGetInTheWay(t *testing.T) {
	t.Parallel()
	w := deployed(t)
	in := another(t)
	in.write(t, ".env", `NAME=shop
DEPLOY_ENV=production
DEPLOY_PRUNE=no
REPORT_FORMAT=yaml
TOKEN=abc
SECRETS=abc
SOURCE=.
`+w.dotenv(t))
	output := w.dagger(in, "call", "--progress=logs", "deploy", "--env", "development").ok(t)
	wantNothing(t, output, 1)
	for _, taken := range []string{`pipeline.deploy(prune="no")`, `pipeline.report(format="yaml")`, `pipeline(source=".")`} {
		require.Contains(t, output.all, "user default: "+taken)
	}
	w.dagger(in, "call", "--progress=logs", "status").ok(t)
	wantRefusal(t, w.dagger(in, "call", "--progress=logs", "report", "--env", "development").run(t), `unknown format "yaml": use text, md or json`)

	in.write(t, ".env", "DEPLOY_PRUNE=yes\n"+w.dotenv(t))
	w.dagger(in, "call", "--progress=logs", "status").ok(t)
}

// dotenv returns the .env that `make up` wrote.
func (w *world) dotenv(t testing.TB) string {
	t.Helper()
	b, err := os.ReadFile(w.path(".env"))
	require.NoError(t, err)
	return string(b)
}
