package delivery_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/crane"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/stretchr/testify/require"
	gofly "github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/config"
	"github.com/renewa/pipeline/ci/fly"
	"github.com/renewa/pipeline/ci/release/delivery"
	"github.com/renewa/pipeline/ci/release/history"
	"github.com/renewa/pipeline/ci/release/image"
	"github.com/renewa/pipeline/ci/release/registry"
	"github.com/renewa/pipeline/flylocal"
	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/scripted"
)

// repository has two environments and a secret.
var repository = map[string]string{
	"pipeline.toml": `[app]
name = "shop"
context = "."
max_size_mb = 1
[[stage]]
name = "development"
config = "fly.dev.toml"
org = "acme"
machines = 1
[[stage]]
name = "production"
config = "fly.prod.toml"
org = "acme"
machines = 1
[[secret]]
name = "JWT_SECRET"
for = "app"
required = true
`,
	"Dockerfile":    "FROM scratch\n",
	"fly.dev.toml":  fmt.Sprintf(flyToml, "shop-dev"),
	"fly.prod.toml": fmt.Sprintf(flyToml, "shop-prod"),
}

const flyToml = `app = "%s"
primary_region = "fra"
kill_timeout = "1s"
[http_service]
  internal_port = 8080
  [[http_service.checks]]
    path = "/"
`

// files are a repository in memory.
type files map[string]string

func (f files) Read(name string) ([]byte, error) {
	if text, there := f[name]; there {
		return []byte(text), nil
	}
	return nil, fs.ErrNotExist
}

func (files) Glob(string) ([]string, error) { return nil, nil }

// text is a secret that a call gives.
type text string

func (s text) Plaintext(context.Context) (string, error) { return string(s), nil }

// unreadable is a secret that the engine cannot read.
type unreadable struct{}

func (unreadable) Plaintext(context.Context) (string, error) {
	return "", errors.New("secret env var not found")
}

var given = delivery.Secrets{Given: text("JWT_SECRET=hunter2hunter2")}

// world is a Fly in memory, with the real client, and a repository.
type world struct {
	testing.TB
	delivery.Deployer
	fly   *flylocal.Fly
	tag   string // of the sources
	image v1.Image
	built int // images

	migration string // the newest one, on the page of the app; empty: there is no such page

	mu      sync.Mutex
	lines   []string
	holders []string
	dialled int
}

func open(t testing.TB, apps ...string) *world {
	t.Helper()
	return openWith(t, repository, apps...)
}

// openWith returns a world with a repository of these files.
func openWith(t testing.TB, in files, apps ...string) *world {
	t.Helper()
	loaded, _, err := config.Load(in)
	require.NoError(t, err)
	w := &world{TB: t, tag: "build-1"}
	w.fly, err = flylocal.New(flylocal.WithBackoff(time.Millisecond), flylocal.WithScript(w.act))
	require.NoError(t, err)
	t.Cleanup(w.fly.Close)
	w.Deployer = delivery.Deployer{Config: loaded, Builder: w, Dial: w.dial, Say: w.say}
	w.newImage(200)
	for _, app := range apps {
		require.NoError(t, w.client().CreateApp(t.Context(), app, "acme"))
	}
	return w
}

// act serves the page with the newest migration, where the world has one.
func (w *world) act(s cloud.Spec) scripted.Act {
	act := scripted.Plain(s)
	act.Serves = http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/version" && w.migration != "" {
			_ = json.NewEncoder(out).Encode(map[string]string{"migration": w.migration})
		}
	})
	return act
}

func (w *world) client() *fly.Client {
	w.Helper()
	c, err := fly.Dial(w.Context(), fly.Options{Token: w.fly.OrgToken(), Base: "http://flylocal-4280:4280", Transport: w.fly.Transport(), Pause: 100 * time.Microsecond})
	require.NoError(w, err)
	return c
}

func (w *world) dial(_ context.Context, holder string) (delivery.Fly, error) {
	w.dialled++
	w.holders = append(w.holders, holder)
	return w.client().WithHolder(holder), nil
}

func (w *world) say(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lines = append(w.lines, fmt.Sprintf(format, args...))
}

// newImage changes the sources: their image has so many bytes.
func (w *world) newImage(bytes int64) {
	w.Helper()
	img, err := random.Image(bytes, 1)
	require.NoError(w, err)
	config, err := img.ConfigFile()
	require.NoError(w, err)
	config.OS, config.Architecture = "linux", "amd64"
	w.image, err = mutate.ConfigFile(img, config)
	require.NoError(w, err)
}

func (w *world) Tag(context.Context) (string, error) { return w.tag, nil }

func (w *world) Push(_ context.Context, to registry.Registry, app, tag string) (image.Ref, error) {
	w.built++
	err := crane.Push(w.image, fmt.Sprintf("%s/%s:%s", to.Host, app, tag), crane.WithAuthFromKeychain(to), crane.Insecure, crane.WithTransport(w.fly.Transport()))
	require.NoError(w, err)
	digest, err := w.image.Digest()
	require.NoError(w, err)
	return image.Parse(registry.Host + "/" + app + "@" + digest.String())
}

// runs returns the digest that an app runs.
func (w *world) runs(app string) string {
	w.Helper()
	all, err := w.client().Machines(w.Context(), app)
	require.NoError(w, err)
	require.Len(w, all, 1)
	return all[0].ImageRef.Digest
}

func (w *world) digest() string {
	w.Helper()
	digest, err := w.image.Digest()
	require.NoError(w, err)
	return digest.String()
}

// pushed puts the image of the sources into the registry of an app, under no tag that a build has.
func (w *world) pushed(app string) image.Ref {
	w.Helper()
	ref, err := w.Push(w.Context(), w.client().Registry(), app, "other")
	require.NoError(w, err)
	w.built = 0
	return ref
}

// running makes a machine of development that runs an image, and its successful release.
func (w *world) running(ref image.Ref) {
	w.Helper()
	const app = "shop-dev"
	w.released(ref.String())
	_, err := w.client().Launch(w.Context(), app, gofly.LaunchMachineInput{Region: "fra", Config: &gofly.MachineConfig{
		Image: ref.String(), Metadata: map[string]string{"fly_platform_version": "v2", "fly_process_group": "app"},
	}})
	require.NoError(w, err)
}

// released records a successful release of development.
func (w *world) released(ref string) {
	w.Helper()
	const app = "shop-dev"
	id, _, err := w.client().StartRelease(w.Context(), app, ref, "rolling", json.RawMessage(`{"app":"`+app+`","primary_region":"fra"}`))
	require.NoError(w, err)
	require.NoError(w, w.client().EndRelease(w.Context(), id, history.Complete, nil))
}
