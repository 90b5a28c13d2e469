//go:build acceptance

package acceptance

import (
	"crypto/rand"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/crane"
	"github.com/stretchr/testify/require"
)

// adopter is a repository elsewhere, with an app on Node and a history of its own. Of this repository it has nothing. The
// commands are those of docs/adopt.md.
type adopter struct {
	checkout
	world *world
}

func newAdopter(t testing.TB) adopter {
	t.Helper()
	w := deployed(t)
	app, err := filepath.Abs("testdata/node")
	require.NoError(t, err)
	c, err := newCheckout(app, t.TempDir())
	require.NoError(t, err)
	c.write(t, ".gitignore", ".env\nsecrets.json\n")
	c.write(t, "secrets.json", `{"trial":{"GREETING":"hello, trial"},"live":{"GREETING":"hello, live"}}`)
	c.write(t, "README.md", "Kiosk greets.\n")
	require.NoError(t, c.commit("the app"))
	return adopter{c, w}
}

// dotenv writes a .env: where the sources are, if that has to be stated, and flylocal in place of Fly.io.
func (a adopter) dotenv(t testing.TB, lines ...string) {
	t.Helper()
	lines = append(lines, "PIPELINE_TOKEN=file://"+a.world.token(), "PIPELINE_FLY=tcp://127.0.0.1:"+a.world.port, "PIPELINE_SECRETS=file://secrets.json")
	a.write(t, ".env", strings.Join(lines, "\n")+"\n")
}

// by is a call with -m. Its flags stand before the function's name.
func (a adopter) by(args ...string) command {
	return a.world.dagger(a.checkout, append([]string{"-m", string(a.world.checkout), "call", "--progress=logs"}, args...)...)
}

// installed is a call of the module that the repository has as a toolchain.
func (a adopter) installed(args ...string) command {
	return a.world.dagger(a.checkout, append([]string{"call", "--progress=logs", "fly"}, args...)...)
}

// head is the last commit.
func (a adopter) head(t testing.TB) string {
	t.Helper()
	commit, err := a.git("rev-parse", "HEAD")
	require.NoError(t, err, commit)
	return strings.TrimSpace(commit)
}

// label is the commit that the image of an app's machines is labelled with.
func (a adopter) label(t testing.TB, app string) string {
	t.Helper()
	auth := crane.WithAuth(&authn.Basic{Username: "x", Password: a.world.plainToken(t)})
	text, err := crane.Config("127.0.0.1:"+a.world.port+"/"+app+"@"+a.world.runs(t, app), auth, crane.Insecure)
	require.NoError(t, err)
	var image struct {
		Config struct{ Labels map[string]string }
	}
	require.NoError(t, json.Unmarshal(text, &image))
	return image.Config.Labels["org.opencontainers.image.revision"]
}

// plant commits a token and removes it again: only the history has it.
func (a adopter) plant(t testing.TB) {
	t.Helper()
	a.write(t, "token.txt", "ghp_"+(rand.Text() + rand.Text())[:36]+"\n")
	require.NoError(t, a.commit("a token"))
	require.NoError(t, os.Remove(a.path("token.txt")))
	require.NoError(t, a.commit("no token"))
}

func TestAnAppElsewhereIsDeployedByTheModuleFromItsOwnHistory(t *testing.T) {
	a := newAdopter(t)
	w := a.world
	t.Cleanup(func() {
		for _, stage := range []string{"trial", "live"} {
			w.must(t, "DELETE", "/v1/apps/kiosk-"+stage, nil, nil)
		}
	})
	if !t.Run("with -m", a.deploysWithItsPath) {
		t.FailNow()
	}
	t.Run("without its history", a.hasNoHistory)
	t.Run("as a toolchain", a.deploysInstalled)
}

func (a adopter) deploysWithItsPath(t *testing.T) {
	a.dotenv(t, "PIPELINE_SOURCE=.", "PIPELINE_GIT=.")
	for _, stage := range []string{"trial", "live"} {
		require.Contains(t, a.by("setup", "--env", stage, "--apply").ok(t).stdout, "made now: kiosk-"+stage+" in organisation guests")
	}
	a.by("deploy", "--env", "trial").ok(t)
	require.Equal(t, a.head(t), a.label(t, "kiosk-trial"))
	a.by("promote", "--from", "trial", "--to", "live").ok(t)
	require.Contains(t, a.by("--source", ".", "--git", ".", "status").ok(t).stdout, "kiosk-live")
	require.Equal(t, a.world.runs(t, "kiosk-trial"), a.world.runs(t, "kiosk-live"))
	for _, stage := range []string{"trial", "live"} {
		_, body, err := visit("GET", "kiosk-"+stage, "/", "", nil)
		require.NoError(t, err)
		require.Equal(t, "hello, "+stage+"\n", body)
	}

	a.plant(t)
	a.edit(t, "pipeline.toml", "[[stage]]", "[scan]\nlockfiles = []\n\n[[stage]]")
	got := a.by("scanner", "gitleaks").run(t)
	require.Equal(t, 1, got.code, got.all)
	require.Contains(t, got.stderr, "github-pat")
	require.Contains(t, got.stderr, "token.txt")
	require.NotRegexp(t, `ghp_\w{10}`, got.all, "the token was shown")
}

// Without --git, Dagger gives the history of the module. The flags stand in for the .env.
func (a adopter) hasNoHistory(t *testing.T) {
	a.dotenv(t, "PIPELINE_SOURCE=.")
	got := a.by("scanner", "gitleaks").run(t)
	require.Equal(t, 1, got.code, got.all)
	require.Contains(t, got.stderr, ".git is the history of other sources")
	require.Contains(t, got.stderr, "Give --git FOLDER")

	tree := checkout(filepath.Join(t.TempDir(), "tree"))
	out, err := a.git("worktree", "add", "-q", string(tree))
	require.NoError(t, err, out)
	tree.edit(t, "pipeline.toml", "[[stage]]", "[scan]\nlockfiles = []\n\n[[stage]]")
	got = a.world.dagger(tree, "-m", string(a.world.checkout), "call", "--progress=logs", "--source", ".", "--git", ".", "scanner", "gitleaks").run(t)
	require.Equal(t, 1, got.code, got.all)
	require.Contains(t, got.stderr, ".git is a file here, as in a worktree")

	a.edit(t, "server.js", "Kiosk greets.", "Kiosk greets everybody.")
	got = a.by("deploy", "--env", "trial").ok(t)
	require.Contains(t, got.all, `the image gets the commit "unknown": .git is the history of other sources`)
	require.Equal(t, "unknown", a.label(t, "kiosk-trial"))
	require.NoError(t, a.commit("greet everybody"))
}

// The module lies below the repository here, in a commit: Dagger installs a local toolchain only from there, and reads no file
// that .gitignore names. The CLI hides a toolchain with the name pipeline.
func (a adopter) deploysInstalled(t *testing.T) {
	a.edit(t, "pipeline.toml", "[scan]\nlockfiles = []\n\n", "")
	a.edit(t, "server.js", "everybody", "every body")
	_, err := newCheckout(string(a.world.checkout), a.path("tools/pipeline"))
	require.NoError(t, err)
	require.NoError(t, os.RemoveAll(a.path("tools/pipeline/.git")))
	a.dotenv(t)
	a.world.dagger(a.checkout, "init").ok(t)
	a.world.dagger(a.checkout, "toolchain", "install", "--name", "fly", "./tools/pipeline").ok(t)
	require.NoError(t, a.commit("install the pipeline"))
	a.installed("deploy", "--env", "trial").ok(t)
	require.Equal(t, a.head(t), a.label(t, "kiosk-trial"))
	a.installed("promote", "--from", "trial", "--to", "live").ok(t)
	require.Contains(t, a.installed("ci").ok(t).stdout, "steps passed")

	check := a.world.dagger(a.checkout, "check", "--progress=logs")
	check.ok(t)
	a.edit(t, "server.js", "createServer((_", "createServer(((_")
	got := check.run(t)
	require.NotZero(t, got.code, "lint found no broken syntax")
	require.Contains(t, got.all, "SyntaxError")
}
