//go:build acceptance

package acceptance

import (
	"archive/tar"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/crane"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/stretchr/testify/require"
)

const assembled = "assembled-trial"

// assembly is a repository whose image is built from all of it, with args, a stage and a secret.
func assembly(t *testing.T, w *world) checkout {
	t.Helper()
	folder, err := filepath.Abs("testdata/assembled")
	require.NoError(t, err)
	source := checkout(t.TempDir())
	require.NoError(t, os.CopyFS(string(source), os.DirFS(folder)))
	for name, text := range map[string]string{"README.md": "Read.\n", "dist/kept.txt": "k", ".github/kept.yml": "a: 1\n", "left.secret": "s"} {
		require.NoError(t, os.MkdirAll(filepath.Dir(source.path(name)), 0o755))
		source.write(t, name, text)
	}
	out, err := source.git("init", "-q")
	require.NoError(t, err, out)
	require.NoError(t, source.commit("the app"))
	w.of(source, "--secrets", file(t, "LICENCE=l"), "setup", "--env", "trial", "--apply").ok(t)
	t.Cleanup(func() { w.must(t, "DELETE", "/v1/apps/"+assembled, nil, nil) })
	return source
}

func TestArgsAndSecretsAndTheWholeRepositoryReachTheBuild(t *testing.T) {
	w := deployed(t)
	source := assembly(t, w)
	wantRefusal(t, w.of(source, "--secrets", file(t, "LICENCE="), "deploy", "--env", "trial").run(t), "nothing was built", "missing or empty: LICENCE")

	value := "planted-9134-" + rand.Text()
	secrets := file(t, "LICENCE="+value)
	got := w.of(source, "--secrets", secrets, "deploy", "--env", "trial").ok(t)
	require.NotContains(t, got.all, value)
	_, body, err := visit("GET", assembled, "/", "", nil)
	require.NoError(t, err)
	files := []string{
		"./.dockerignore", "./.github/kept.yml", "./README.md", "./dist/kept.txt", "./pipeline.toml",
		"./services/web/Dockerfile.dockerignore", "./services/web/fly.toml", "./services/web/main.go",
	}
	require.Equal(t, fmt.Sprintf("hello,world\n%x\n%s\n", sha256.Sum256([]byte(value)), strings.Join(files, "\n")), body)
	for name, text := range w.contents(t, assembled) {
		require.NotContains(t, text, value, name)
	}
	first := w.runs(t, assembled)

	again := w.of(source, "--secrets", file(t, "LICENCE=another"), "deploy", "--env", "trial").ok(t)
	wantNothing(t, again, 1) // the value is no input
	source.edit(t, "services/web/fly.toml", "world", "moon")
	w.of(source, "--secrets", secrets, "deploy", "--env", "trial").ok(t)
	require.NotEqual(t, first, w.runs(t, assembled), "an arg is an input")

	source.edit(t, "services/web/Dockerfile", "sha256sum <", "cat /run/secrets/LICENCE && false && sha256sum <")
	shown := w.of(source, "--secrets", secrets, "publish").run(t)
	wantRefusal(t, shown, "exit code 1", "***") // wantRefusal looks for the secret too
	source.restore(t, "services/web/Dockerfile")

	wantRefusal(t, w.of(source, "--secrets", secrets, "build", "--target", "wbe").run(t), `build stage "wbe"`, "its stages are build, web, broken")
	source.edit(t, "pipeline.toml", `GREETING = "hello"`, `GREETING = "hello", AUDIENCE = "all"`)
	wantRefusal(t, w.of(source, "--secrets", secrets, "build").run(t), `fly.toml:7: build.args.AUDIENCE: "moon", but line 8 of pipeline.toml states "all"`)
}

func TestAnImageBuiltElsewhereIsDeployedAndShown(t *testing.T) {
	w := deployed(t)
	source := assembly(t, w)
	secrets := file(t, "LICENCE=l")
	ref := strings.TrimSpace(w.of(source, "--secrets", secrets, "publish").ok(t).stdout)
	image := w.pull(t, ref)
	config, err := image.ConfigFile()
	require.NoError(t, err)
	config.Config.Labels = nil
	image, err = mutate.ConfigFile(image, config)
	require.NoError(t, err)
	host := "127.0.0.1:" + w.port
	require.NoError(t, crane.Push(image, host+"/"+assembled+":mine", w.auth(t), crane.Insecure))
	digest, err := image.Digest()
	require.NoError(t, err)

	require.NoError(t, os.Remove(source.path("services/web/Dockerfile")))
	wantRefusal(t, w.of(source, "--secrets", secrets, "deploy", "--env", "trial").run(t), "services/web/Dockerfile does not exist, nothing was built or deployed", "--image REF@sha256:")
	wantRefusal(t, w.of(source, "--secrets", secrets, "deploy", "--env", "trial", "--image", host+"/"+assembled+":mine").run(t), "a tag can move to another image")
	got := w.of(source, "--secrets", secrets, "deploy", "--env", "trial", "--image", host+"/"+assembled+"@"+digest.String()).ok(t)
	require.Contains(t, got.stdout, "commit      built elsewhere")
	require.Equal(t, digest.String(), w.runs(t, assembled))
	require.Contains(t, w.of(source, "--secrets", secrets, "status").ok(t).stdout, "built elsewhere")
}

func (w *world) auth(t testing.TB) crane.Option {
	t.Helper()
	return crane.WithAuth(&authn.Basic{Username: "x", Password: w.plainToken(t)})
}

// pull reads an image of flylocal's registry, by the name that machines have.
func (w *world) pull(t testing.TB, ref string) v1.Image {
	t.Helper()
	image, err := crane.Pull(strings.Replace(ref, "registry.fly.io", "127.0.0.1:"+w.port, 1), w.auth(t), crane.Insecure)
	require.NoError(t, err)
	return image
}

// contents returns the configuration of the image that an app runs, and each file of its layers.
func (w *world) contents(t testing.TB, app string) map[string]string {
	t.Helper()
	image := w.pull(t, "registry.fly.io/"+app+"@"+w.runs(t, app))
	config, err := image.RawConfigFile()
	require.NoError(t, err)
	found := map[string]string{"configuration": string(config)}
	layers, err := image.Layers()
	require.NoError(t, err)
	for i, layer := range layers {
		content, err := layer.Uncompressed()
		require.NoError(t, err)
		files := tar.NewReader(content)
		for {
			header, err := files.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			require.NoError(t, err)
			text, err := io.ReadAll(files)
			require.NoError(t, err)
			found[fmt.Sprintf("layer %d, %s", i, header.Name)] = string(text)
		}
	}
	require.Contains(t, found, fmt.Sprintf("layer %d, licence", len(layers)-1))
	return found
}
