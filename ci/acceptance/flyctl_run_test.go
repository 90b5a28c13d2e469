//go:build acceptance

package acceptance

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/stretchr/testify/require"
)

// flyctl is Fly's own client, unmodified, in its own folder, with one app.
type flyctl struct {
	*world
	program, app, dir string
}

// withFlyctl creates an app by flyctl, in an organisation whose apps no other test counts.
func withFlyctl(t testing.TB, app string) flyctl {
	t.Helper()
	program := flyctlProgram(t)
	f := flyctl{deployed(t), program, app, t.TempDir()}
	f.configure(t, "")
	f.do("apps", "destroy", app, "--yes").run(t) // an earlier run that was killed may have left it
	f.do("apps", "create", app, "--org", "personal").ok(t)
	t.Cleanup(func() { f.do("apps", "destroy", app, "--yes").run(t) })
	return f
}

// flyctlProgram is $FLYCTL, else the flyctl on the PATH.
func flyctlProgram(t testing.TB) string {
	t.Helper()
	if program := os.Getenv("FLYCTL"); program != "" {
		return program
	}
	program, err := exec.LookPath("flyctl")
	if err != nil {
		t.Skip("NOT TESTED: there is no flyctl: install it, or set FLYCTL to the program")
	}
	return program
}

// do is a command of flyctl against this flylocal.
func (f flyctl) do(args ...string) command {
	token, _ := os.ReadFile(f.token())
	return flyctlAt(f.dir, f.program, "http://127.0.0.1:"+f.port, strings.TrimSpace(string(token)), args)
}

// flyctlAt is flyctl with the address of a Fly and a token. The other variables keep it from calling other servers.
func flyctlAt(dir, program, url, token string, args []string) command {
	return command{dir, []string{
		"FLY_API_BASE_URL=" + url, "FLY_FLAPS_BASE_URL=" + url, "FLY_UIEX_BASE_URL=" + url, "FLY_API_TOKEN=" + token,
		"FLY_SEND_METRICS=0", "FLY_SYNTHETICS_AGENT=0", "FLY_NO_UPDATE_CHECK=1", "FLY_NO_INCIDENTS_CHECK=1",
		"CI=1", "NO_COLOR=1", "HOME=" + dir, "FLY_CONFIG_DIR=" + filepath.Join(dir, "config"), "PATH=" + os.Getenv("PATH"),
	}, append([]string{program}, args...)}
}

// deploy leaves out the check of DNS, which has no such app, and the smoke checks, which last ten seconds per machine.
func (f flyctl) deploy(image string, args ...string) command {
	all := []string{"deploy", "--image", image, "--yes", "--dns-checks=false", "--smoke-checks=false"}
	return f.do(append(all, args...)...)
}

// configure writes a fly.toml, with a release command if there is one.
func (f flyctl) configure(t testing.TB, release string) {
	t.Helper()
	text := `app = "` + f.app + `"
primary_region = "fra"

[deploy]
release_command = "` + release + `"

[http_service]
internal_port = 8080
auto_stop_machines = false

[[http_service.checks]]
path = "/"
interval = "1s"
timeout = "1s"
grace_period = "1s"

[[vm]]
memory = "256mb"
`
	require.NoError(t, os.WriteFile(filepath.Join(f.dir, "fly.toml"), []byte(text), 0o600))
}

// push builds and pushes a version of the app and returns its digest. It does not use docker push, which needs a login
// that docker stores.
func (f flyctl) push(t testing.TB, version string) string {
	t.Helper()
	tag := nameInDocker() + ":" + version
	mustDocker(t, "build", "--platform", "linux/amd64", "--build-arg", "VERSION="+version, "-t", tag, "ci/acceptance/testdata/flyctl")
	t.Cleanup(func() { mustDocker(t, "rmi", "-f", tag) })
	file := filepath.Join(f.dir, version+".tar")
	mustDocker(t, "save", "-o", file, tag)
	image, err := tarball.ImageFromPath(file, nil)
	require.NoError(t, err)
	to, err := name.ParseReference("localhost:" + f.port + "/" + f.app + ":" + version)
	require.NoError(t, err)
	token, err := os.ReadFile(f.token())
	require.NoError(t, err)
	auth := remote.WithAuth(&authn.Basic{Username: "x", Password: strings.TrimSpace(string(token))})
	require.NoError(t, remote.Write(to, image, auth, remote.WithContext(t.Context())))
	digest, err := image.Digest()
	require.NoError(t, err)
	return digest.String()
}

// settled reports whether the app has n machines and all are started.
func (f flyctl) settled(t testing.TB, n int) bool {
	t.Helper()
	all := f.machines(t, f.app)
	for _, m := range all {
		if m.State != "started" {
			return false
		}
	}
	return len(all) == n
}

// releases are the statuses of its app's releases, the newest first.
func (f flyctl) releases(t testing.TB) []string {
	t.Helper()
	return f.world.releases(t, f.app)
}
