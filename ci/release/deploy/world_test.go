package deploy_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/crane"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/stretchr/testify/require"
	gofly "github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/config/flytoml"
	"github.com/renewa/pipeline/ci/config/secret"
	"github.com/renewa/pipeline/ci/fly"
	"github.com/renewa/pipeline/ci/release/deploy"
	"github.com/renewa/pipeline/ci/release/image"
	"github.com/renewa/pipeline/ci/release/registry"
	"github.com/renewa/pipeline/flylocal"
	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/scripted"
)

const shop = `app = "shop"
primary_region = "fra"
kill_timeout = "1s"
[deploy]
  release_command = "/app/migrate apply"
  release_command_timeout = "4s"
  wait_timeout = "4s"
[env]
  COLOUR = "blue"
[http_service]
  internal_port = 8080
  [[http_service.checks]]
    path = "/readyz"
`

// patience is the end of every wait for a state. A test that passes does not come near it.
const patience = time.Minute

// TestMain puts the images of the tests on a disk in memory if there is one, because they need not survive the tests.
func TestMain(m *testing.M) {
	if memory, err := os.Stat("/dev/shm"); err == nil && memory.IsDir() {
		_ = os.Setenv("TMPDIR", "/dev/shm")
	}
	os.Exit(m.Run())
}

// world is a Fly in memory with the app shop, and the real client.
type world struct {
	testing.TB
	fly    *flylocal.Fly
	wire   *wire
	client *fly.Client
	pause  time.Duration // of the client

	mu    sync.Mutex
	acts  map[string]func(cloud.Spec) scripted.Act // scripts of images by digest; all others are healthy
	lines []string
	refs  []image.Ref // of a scenario

	moves bool // hosts are full, so deploys make machines on other hosts
}

func open(t testing.TB, more ...flylocal.Option) *world {
	t.Helper()
	w := &world{TB: t, pause: 100 * time.Microsecond, acts: map[string]func(cloud.Spec) scripted.Act{}}
	var err error
	w.fly, err = flylocal.New(append(more, flylocal.WithBackoff(time.Millisecond), flylocal.WithScript(w.act))...)
	require.NoError(t, err)
	t.Cleanup(w.fly.Close)
	w.wire = &wire{next: w.fly.Transport()}
	w.client = w.dial(t.Context())
	require.NoError(t, w.client.CreateApp(t.Context(), "shop", "renewa"))
	return w
}

func (w *world) dial(ctx context.Context) *fly.Client {
	w.Helper()
	return w.dialBy(ctx, w.wire)
}

func (w *world) dialBy(ctx context.Context, way *wire) *fly.Client {
	w.Helper()
	c, err := fly.Dial(ctx, fly.Options{Token: w.fly.OrgToken(), Base: "http://flylocal-4280:4280", Transport: way, Pause: w.pause})
	require.NoError(w, err)
	return c
}

func (w *world) act(s cloud.Spec) scripted.Act {
	w.mu.Lock()
	act := w.acts[s.Image.Digest]
	w.mu.Unlock()
	if act == nil {
		return scripted.Plain(s)
	}
	return act(s)
}

// image pushes a new image to the app's repository. Its machines act as the script, or are healthy without one.
func (w *world) image(act func(cloud.Spec) scripted.Act) image.Ref {
	w.Helper()
	return w.imageOf("shop", act)
}

func (w *world) imageOf(app string, act func(cloud.Spec) scripted.Act) image.Ref {
	w.Helper()
	img, err := random.Image(200, 1)
	require.NoError(w, err)
	config, err := img.ConfigFile()
	require.NoError(w, err)
	config.OS, config.Architecture = "linux", "amd64"
	img, err = mutate.ConfigFile(img, config)
	require.NoError(w, err)
	digest, err := img.Digest()
	require.NoError(w, err)
	r := w.client.Registry()
	require.NoError(w, crane.Push(img, fmt.Sprintf("%s/%s:t%s", r.Host, app, digest.Hex[:8]), crane.WithAuthFromKeychain(r), crane.Insecure, crane.WithTransport(w.fly.Transport())))
	ref, err := image.Parse(registry.Host + "/" + app + "@" + digest.String())
	require.NoError(w, err)
	if act != nil {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.acts[ref.Digest()] = act
	}
	return ref
}

var given = secret.NewSet(map[string]string{"DATABASE_URL": "postgres://shop:hunter2hunter2@db/shop", "JWT_SECRET": "planted-jwt-secret"})

func (w *world) request(ref image.Ref) deploy.Request {
	w.Helper()
	return deploy.Request{Stage: "development", Image: ref, Config: w.config(shop), Source: []byte(`{"app":"shop"}`), Secrets: given}
}

func (w *world) config(text string) flytoml.Config {
	w.Helper()
	config, _, err := flytoml.Parse("fly.toml", []byte(text))
	require.NoError(w, err)
	return config
}

func (w *world) plan(r deploy.Request) deploy.Plan {
	w.Helper()
	plan, err := deploy.Make(w.Context(), w.client, r)
	require.NoError(w, err)
	return deploy.AtTestPace(plan)
}

func (w *world) try(r deploy.Request) (deploy.Outcome, error) {
	w.Helper()
	return deploy.Apply(w.Context(), w.client, w.plan(r), w.say)
}

func (w *world) deploy(r deploy.Request) deploy.Outcome {
	w.Helper()
	outcome, err := w.try(r)
	require.NoError(w, err)
	return outcome
}

func (w *world) say(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lines = append(w.lines, fmt.Sprintf(format, args...))
}

// servingMachines returns the app's machines without release machines.
func (w *world) servingMachines() []*gofly.Machine {
	w.Helper()
	return slices.DeleteFunc(w.machines(), func(m *gofly.Machine) bool { return m.IsFlyAppsReleaseCommand() })
}

func (w *world) machines() []*gofly.Machine {
	w.Helper()
	all, err := w.client.Machines(context.WithoutCancel(w.Context()), "shop")
	require.NoError(w, err)
	return all
}

func (w *world) app() cloud.App {
	w.Helper()
	app, err := w.fly.Cloud().App("shop")
	require.NoError(w, err)
	return app
}

// countMade returns the number of machines that were ever made, without release machines and locks.
func (w *world) countMade() (n int) {
	w.Helper()
	for _, m := range w.app().Machines {
		if m.View().Env["RELEASE_COMMAND"] == "" && m.Name != "pipeline-lock" {
			n++
		}
	}
	return n
}

func (w *world) statuses() (all []string) {
	for _, r := range w.app().Releases {
		all = append(all, r.Status)
	}
	return all
}

// requireMachines requires that the app has exactly n machines, all with this image, and started unless they are standbys.
func (w *world) requireMachines(n int, ref image.Ref) []*gofly.Machine {
	w.Helper()
	all := w.servingMachines()
	require.Len(w, all, n)
	for _, m := range all {
		require.Equal(w, ref.Digest(), m.ImageRef.Digest, "machine %s", m.ID)
		if len(m.Config.Standbys) == 0 {
			require.Equal(w, "started", m.State)
		}
		require.Equal(w, ref.String(), m.Config.Image, "by digest, never by tag")
	}
	return all
}

// wire is the transport to Fly. It records requests and can cut connections.
type wire struct {
	next http.RoundTripper
	mu   sync.Mutex
	log  []string // "METHOD path", in order
	cut  func(n int, r *http.Request) (before, after bool)
	look func()

	answer func(r *http.Request) *http.Response // in Fly's place; nil leaves it to Fly
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	w.log = append(w.log, r.Method+" "+r.URL.Path)
	cut, look, n := w.cut, w.look, len(w.log)
	w.mu.Unlock()
	before, after := false, false
	if cut != nil {
		before, after = cut(n, r)
	}
	if before {
		return nil, errCut
	}
	if w.answer != nil {
		if answer := w.answer(r); answer != nil {
			return answer, nil
		}
	}
	answer, err := w.next.RoundTrip(r)
	if look != nil {
		look()
	}
	if after {
		return nil, errCut
	}
	return answer, err
}

var errCut = fmt.Errorf("the connection was cut")

// writes returns the writing requests since the last call. GraphQL is used only for reading.
func (w *wire) writes() (all []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, line := range w.log {
		if !strings.HasPrefix(line, "GET ") && !strings.HasPrefix(line, "HEAD ") && line != "POST /graphql" {
			all = append(all, line)
		}
	}
	w.log = nil
	return all
}

// tryAll plans and applies, and returns the error of either.
func (w *world) tryAll(r deploy.Request) error {
	w.Helper()
	plan, err := deploy.Make(w.Context(), w.client, r)
	if err != nil {
		return err
	}
	_, err = deploy.Apply(w.Context(), w.client, deploy.AtTestPace(plan), w.say)
	return err
}
