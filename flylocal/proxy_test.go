package flylocal_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	fly "github.com/superfly/fly-go"
	"github.com/superfly/fly-go/flaps"

	"github.com/renewa/pipeline/flylocal"
	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/scripted"
)

func contain(s, part string) bool { return strings.Contains(s, part) }

// visit asks for an app's page.
func (w *world) visit(app, path string) (int, string, http.Header) {
	w.Helper()
	req, err := http.NewRequestWithContext(w.Context(), http.MethodGet, base+path, nil)
	require.NoError(w, err)
	req.Host = app + ".localhost:4280"
	resp, err := w.via.RoundTrip(req)
	require.NoError(w, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(w, err)
	return resp.StatusCode, string(body), resp.Header
}

func (w *world) address(app string) {
	w.Helper()
	_, err := w.flaps.AssignIP(w.Context(), app, flaps.AssignIPRequest{Type: "shared_v4"})
	require.NoError(w, err)
}

func (w *world) healthy(app, id string) {
	w.Helper()
	w.until("it is healthy", func() bool {
		m := w.get(app, id)
		return m.State == "started" && m.AllHealthChecks().AllPassing()
	})
}

func TestAnAppHasAURLWhenItHasAnAddress(t *testing.T) {
	w := open(t, answers(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.Host, r.URL.Path, r.Header.Get("X-Forwarded-Proto"))
	}))
	app := w.app("web")
	m := w.launch(app, web())
	w.healthy(app, m.ID)
	status, body, _ := w.visit("nobody", "/")
	require.Equal(t, http.StatusNotFound, status)
	require.Contains(t, body, `no app "nobody"`)
	status, body, _ = w.visit(app, "/")
	require.Equal(t, http.StatusNotFound, status)
	require.Contains(t, body, "has no address")
	w.address(app)
	status, body, header := w.visit(app, "/hello")
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "web.localhost:4280/hellohttp", body)
	require.Equal(t, m.ID, header.Get("Fly-Machine-Id"))
}

func TestRequestsGoToMachinesThatCanAnswer(t *testing.T) {
	w := open(t, flylocal.WithScript(func(s cloud.Spec) scripted.Act {
		return scripted.Act{Serves: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if s.Env["SICK"] != "" {
				http.Error(w, "sick", 500)
			}
		})}
	}))
	app := w.app("web")
	w.address(app)
	sick := web()
	sick.Env = map[string]string{"SICK": "1"}
	w.launch(app, sick)
	status, body, _ := w.visit(app, "/")
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Contains(t, body, "fails its health checks")

	well := w.launch(app, web())
	other := w.launch(app, web())
	w.healthy(app, well.ID)
	w.healthy(app, other.ID)
	seen := map[string]int{}
	for range 40 {
		status, _, header := w.visit(app, "/")
		require.Equal(t, http.StatusOK, status)
		seen[header.Get("Fly-Machine-Id")]++
	}
	require.Len(t, seen, 2, "both healthy ones, not the sick one")

	require.NoError(t, w.flaps.Cordon(t.Context(), app, other.ID, ""))
	for range 20 {
		_, _, header := w.visit(app, "/")
		require.Equal(t, well.ID, header.Get("Fly-Machine-Id"), "a cordoned machine gets nothing")
	}
	require.NoError(t, w.flaps.Uncordon(t.Context(), app, other.ID, ""))
}

func TestAStoppedMachineIsStartedForARequest(t *testing.T) {
	w := open(t)
	app := w.app("web")
	w.address(app)
	cfg := web()
	cfg.Services[0].Autostart = ptr(true)
	m := w.launch(app, cfg)
	require.NoError(t, w.flaps.Stop(t.Context(), app, fly.StopMachineInput{ID: m.ID}, ""))
	require.NoError(t, w.flaps.Wait(t.Context(), app, m, "stopped", patience))
	status, body, _ := w.visit(app, "/")
	require.Equal(t, http.StatusOK, status, body)

	cfg.Services[0].Autostart = ptr(false)
	m, err := w.flaps.Update(t.Context(), app, fly.LaunchMachineInput{ID: m.ID, Config: cfg, SkipLaunch: true}, "")
	require.NoError(t, err)
	require.NoError(t, w.flaps.Wait(t.Context(), app, m, "stopped", patience))
	status, body, _ = w.visit(app, "/")
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Contains(t, body, "is stopped")
}

func TestTheAnswerNamesAnAppThatDoesNotListen(t *testing.T) {
	w := open(t, flylocal.WithScript(func(cloud.Spec) scripted.Act { return scripted.Act{Refuses: true} }))
	app := w.app("web")
	w.address(app)
	cfg := web()
	cfg.Services[0].Checks = nil
	w.launch(app, cfg)
	status, body, _ := w.visit(app, "/")
	require.Equal(t, http.StatusBadGateway, status)
	require.Contains(t, body, "did not answer on port 8080")
}

func TestAStreamPassesAsItComes(t *testing.T) {
	next := make(chan string)
	w := open(t, answers(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/stream" {
			for text := range next {
				fmt.Fprintln(w, text)
				_ = http.NewResponseController(w).Flush()
			}
		}
	}))
	app := w.app("web")
	w.address(app)
	w.healthy(app, w.launch(app, web()).ID)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.server.URL+"/stream", nil)
	require.NoError(t, err)
	req.Host = "web.localhost"
	go func() { next <- "one" }()
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	buf := make([]byte, 10)
	for _, text := range []string{"one\n", "two\n"} {
		n, err := resp.Body.Read(buf)
		require.NoError(t, err)
		require.Equal(t, text, string(buf[:n]))
		if text == "one\n" {
			next <- "two"
		}
	}
	close(next)
}

// A deploy that replaces the only machine is a pause for its visitors, not an error.
func TestARequestWaitsForAMachineThatIsAboutToBeHealthy(t *testing.T) {
	var ready atomic.Bool
	bubble(t, func(w *world) {
		app := w.app("web")
		w.address(app)
		cfg := web()
		cfg.Services[0].Checks[0].GracePeriod = &fly.Duration{Duration: time.Minute}
		w.launch(app, cfg)
		time.AfterFunc(2*time.Second, func() { ready.Store(true) })
		status, body, _ := w.visit(app, "/")
		require.Equal(w, http.StatusOK, status, body)
	}, answers(func(w http.ResponseWriter, _ *http.Request) {
		if !ready.Load() {
			http.Error(w, "warming up", http.StatusServiceUnavailable)
		}
	}))
}

func TestAConnectionCanBeUpgraded(t *testing.T) {
	w := open(t, answers(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") != "echo" {
			return
		}
		conn, buf, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		fmt.Fprint(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
		line, _ := buf.ReadString('\n')
		fmt.Fprint(conn, "echo "+line)
	}))
	app := w.app("web")
	w.address(app)
	w.healthy(app, w.launch(app, web()).ID)
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", w.server.Listener.Addr().String())
	require.NoError(t, err)
	defer conn.Close()
	fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: web.localhost\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
	in := bufio.NewReader(conn)
	resp, err := http.ReadResponse(in, nil)
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Equal(t, http.StatusSwitchingProtocols, resp.StatusCode)
	fmt.Fprint(conn, "hello\n")
	line, err := in.ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "echo hello\n", line)
}
