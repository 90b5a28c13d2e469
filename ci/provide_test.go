package ci_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A runner is a machine on which the action .github/actions/dagger runs, with programs of its own first on PATH.
type runner struct {
	t   *testing.T
	dir string
}

// newRunner has a checkout whose dagger.json names v1.2.3, and a curl that fetches from the folder release.
func newRunner(t *testing.T) runner {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("NOT TESTED: GitHub's runners of these workflows are Linux")
	}
	r := runner{t, t.TempDir()}
	for _, folder := range []string{"checkout/app", "bin", "release", "temp"} {
		require.NoError(t, os.MkdirAll(filepath.Join(r.dir, folder), 0o755))
	}
	r.write("checkout/dagger.json", `{"name": "x", "engineVersion": "v1.2.3"}`, 0o644)
	r.write("bin/curl", "#!/bin/sh\nwhile [ \"$1\" != --output ]; do shift; done\necho \"$3\" >>\"$FETCHED\"\nexec cp \"$RELEASE/${3##*/}\" \"$2\"\n", 0o755)
	r.git("init", "-q")
	return r
}

func (r runner) write(name, text string, mode os.FileMode) {
	require.NoError(r.t, os.WriteFile(filepath.Join(r.dir, name), []byte(text), mode))
}

func (r runner) read(name string) string {
	text, err := os.ReadFile(filepath.Join(r.dir, name))
	if !os.IsNotExist(err) {
		require.NoError(r.t, err)
	}
	return string(text)
}

func (r runner) git(args ...string) {
	out, err := exec.CommandContext(r.t.Context(), "git", append([]string{"-C", filepath.Join(r.dir, "checkout")}, args...)...).CombinedOutput()
	require.NoError(r.t, err, string(out))
}

// provide runs the action's script and returns its output.
func (r runner) provide(engine string) (string, error) {
	script, err := filepath.Abs("../.github/actions/dagger/provide.sh")
	require.NoError(r.t, err)
	c := exec.CommandContext(r.t.Context(), script)
	c.Dir = filepath.Join(r.dir, "checkout")
	at := func(name string) string { return filepath.Join(r.dir, name) }
	c.Env = []string{
		"PATH=" + at("bin") + ":/usr/bin:/bin", "HOME=" + r.dir, "ENGINE=" + engine, "GITHUB_ENV=" + at("env"),
		"GITHUB_PATH=" + at("path"), "RUNNER_TEMP=" + at("temp"), "RELEASE=" + at("release"), "FETCHED=" + at("fetched"),
	}
	out, err := c.CombinedOutput()
	return string(out), err
}

// publish writes the archive of v1.2.3 with its checksum, which is that of another file if it is wrong.
func (r runner) publish(wrong string) {
	var archive bytes.Buffer
	compressed := gzip.NewWriter(&archive)
	files := tar.NewWriter(compressed)
	const program = "#!/bin/sh\necho fetched\n"
	require.NoError(r.t, files.WriteHeader(&tar.Header{Name: "dagger", Mode: 0o755, Size: int64(len(program))}))
	_, err := files.Write([]byte(program))
	require.NoError(r.t, err)
	require.NoError(r.t, files.Close())
	require.NoError(r.t, compressed.Close())
	name := "dagger_v1.2.3_linux_" + runtime.GOARCH + ".tar.gz"
	r.write("release/"+name, archive.String(), 0o644)
	r.write("release/checksums.txt", fmt.Sprintf("%x  %s\n%x  other.zip\n", sha256.Sum256([]byte(archive.String()+wrong)), name, sha256.Sum256(nil)), 0o644)
}

func TestTheActionTakesTheDaggerOnPathOnlyInThePinnedVersion(t *testing.T) {
	r := newRunner(t)
	r.write("bin/dagger", "#!/bin/sh\necho 'dagger v1.2.3 (image://x) linux/amd64'\n", 0o755)
	out, err := r.provide("tcp://10.0.0.7:1234")
	require.NoError(t, err, out)
	require.Empty(t, r.read("fetched")+r.read("path"))
	require.Contains(t, r.read("env"), "DAGGER_NO_NAG=1\n")
	require.Contains(t, r.read("env"), "_EXPERIMENTAL_DAGGER_RUNNER_HOST=tcp://10.0.0.7:1234\n")

	r = newRunner(t)
	r.write("bin/dagger", "#!/bin/sh\necho 'dagger v1.2.30 (image://x) linux/amd64'\n", 0o755)
	r.publish("")
	out, err = r.provide("")
	require.NoError(t, err, out)
	require.Contains(t, r.read("fetched"), "https://dl.dagger.io/dagger/releases/1.2.3/checksums.txt\n")
	folder := strings.TrimSpace(r.read("path"))
	ran, err := exec.CommandContext(t.Context(), filepath.Join(folder, "dagger")).Output()
	require.NoError(t, err)
	require.Equal(t, "fetched\n", string(ran))
	require.NotContains(t, r.read("env"), "RUNNER_HOST")
}

func TestTheActionRefusesWhatIsNotSafe(t *testing.T) {
	for reason, c := range map[string]struct {
		prepare func(r runner)
		engine  string
		want    string
	}{
		"an archive with another checksum": {func(r runner) { r.publish("x") }, "", "does not have the listed checksum. Nothing ran."},
		"an archive that is not listed":    {func(r runner) { r.publish(""); r.write("release/checksums.txt", "", 0o644) }, "", "checksums.txt does not list dagger_v1.2.3_linux_"},
		"a release that is not there":      {func(runner) {}, "", "fetch https://dl.dagger.io/dagger/releases/1.2.3/dagger_v1.2.3_linux_"},
		"a tracked .env":                   {func(r runner) { r.write("checkout/.env", "A=1", 0o644); r.git("add", "-f", ".env") }, "", "a .env is tracked by Git"},
		"a tracked .env of the app":        {func(r runner) { r.write("checkout/app/.env", "A=1", 0o644); r.git("add", "-f", "app") }, "", "a .env is tracked by Git"},
		"no version":                       {func(r runner) { r.write("checkout/dagger.json", "{}", 0o644) }, "", "dagger.json has no engineVersion"},
		"an address of two lines":          {func(r runner) { r.publish("") }, "tcp://x:1\nLD_PRELOAD=/x", "a character that no address has"},
	} {
		r := newRunner(t)
		c.prepare(r)
		out, err := r.provide(c.engine)
		require.Error(t, err, reason)
		require.Contains(t, out, "::error::", reason)
		require.Contains(t, out, c.want, reason)
		require.Empty(t, r.read("path"), reason)
		require.NotContains(t, r.read("env"), "LD_PRELOAD", reason)
	}
}
