package flylocal_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	fly "github.com/superfly/fly-go"
	"github.com/superfly/fly-go/flaps"
	"github.com/superfly/fly-go/tokens"

	"github.com/renewa/pipeline/flylocal"
	"github.com/renewa/pipeline/flylocal/token"
)

// patience is how long a test waits for a state.
const patience = time.Minute

// world is a Fly with the real client in front of it.
type world struct {
	*testing.T
	fly    *flylocal.Fly
	server *httptest.Server // nil in a bubble
	via    http.RoundTripper
	flaps  *flaps.Client
	gql    *fly.Client
}

func open(t *testing.T, opts ...flylocal.Option) *world {
	t.Helper()
	opts = append([]flylocal.Option{flylocal.WithBackoff(time.Millisecond)}, opts...)
	f, err := flylocal.New(opts...)
	require.NoError(t, err)
	w := &world{T: t, fly: f}
	w.serve(f)
	t.Cleanup(func() {
		w.server.CloseClientConnections()
		w.server.Close()
		f.Close()
	})
	return w
}

// serve makes a handler the server that all clients reach.
func (w *world) serve(h http.Handler) {
	w.Helper()
	w.server = httptest.NewServer(h)
	w.via = redirect{w.server.Listener.Addr().String()}
	w.flaps, w.gql = w.as(w.fly.OrgToken())
}

// bubble runs a test in which time passes only while everything waits: it is exact, on a slow machine too.
func bubble(t *testing.T, test func(w *world), opts ...flylocal.Option) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		f, err := flylocal.New(opts...)
		require.NoError(t, err)
		defer f.Close()
		w := &world{T: t, fly: f, via: f.Transport()}
		w.flaps, w.gql = w.as(f.OrgToken())
		test(w)
	})
}

// as makes clients that hold a token. Their requests go to this Fly whatever host they name.
func (w *world) as(text string) (*flaps.Client, *fly.Client) {
	w.Helper()
	held := tokens.Parse(text)
	c, err := flaps.NewWithOptions(w.Context(), flaps.NewClientOpts{UserAgent: "test", Tokens: held, Transport: w.via})
	require.NoError(w, err)
	g := fly.NewClientFromOptions(fly.ClientOptions{
		Tokens: held, Name: "test", Version: "0", BaseURL: base,
		Transport: &fly.Transport{UnderlyingTransport: w.via},
	})
	return c, g
}

func (w *world) token(t token.Token) string {
	w.Helper()
	text, err := w.fly.Token(t)
	require.NoError(w, err)
	return text
}

// base is what requests name; redirect or the Fly's own transport finds the way.
const base = "http://127.0.0.1"

// redirect sends everything to one address.
type redirect struct{ addr string }

func (d redirect) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host = "http", d.addr
	return http.DefaultTransport.RoundTrip(r)
}

// app makes an app and returns its name.
func (w *world) app(name string) string {
	w.Helper()
	_, err := w.flaps.CreateApp(w.Context(), flaps.CreateAppRequest{Name: name, Org: "personal"})
	require.NoError(w, err)
	return name
}

// web is a config with one service and one check.
func web() *fly.MachineConfig {
	port, kind, path := 8080, "http", "/healthz"
	return &fly.MachineConfig{
		Image:    "postgres:17",
		Metadata: map[string]string{"fly_platform_version": "v2", "fly_process_group": "app"},
		Services: []fly.MachineService{{
			Protocol: "tcp", InternalPort: port, Ports: []fly.MachinePort{{Handlers: []string{"http"}}},
			Checks: []fly.MachineServiceCheck{{Type: &kind, HTTPPath: &path}},
		}},
	}
}

// launch makes a machine and waits until it is started.
func (w *world) launch(app string, cfg *fly.MachineConfig) *fly.Machine {
	w.Helper()
	m, err := w.flaps.Launch(w.Context(), app, fly.LaunchMachineInput{Config: cfg})
	require.NoError(w, err)
	require.NoError(w, w.flaps.Wait(w.Context(), app, m, "started", patience))
	return m
}

func (w *world) get(app, id string) *fly.Machine {
	w.Helper()
	m, err := w.flaps.Get(w.Context(), app, id)
	require.NoError(w, err)
	return m
}

// until waits for a state.
func (w *world) until(what string, ok func() bool) {
	w.Helper()
	require.Eventually(w, ok, patience, 5*time.Millisecond, what)
}

// do sends a request and returns status and body.
func (w *world) do(method, path, bearer string, body any) (int, string) {
	w.Helper()
	data, err := json.Marshal(body)
	require.NoError(w, err)
	req, err := http.NewRequestWithContext(w.Context(), method, base+path, bytes.NewReader(data))
	require.NoError(w, err)
	if bearer != "" {
		req.Header.Set("Authorization", "Bearer "+bearer)
	}
	resp, err := w.via.RoundTrip(req)
	require.NoError(w, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(w, err)
	require.NotEmpty(w, resp.Header.Get("fly-request-id"), "every answer has a request id")
	require.Equal(w, "1", resp.Header.Get("Flylocal"))
	return resp.StatusCode, string(text)
}
