//go:build acceptance

package docker_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/flylocal"
	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/control"
	engines "github.com/renewa/pipeline/flylocal/docker"
)

const (
	app      = "pipeline-test-web"
	base     = "debian:trixie-slim"
	idle     = 3 * time.Second
	patience = 2 * time.Minute // for a state
)

// port is free, and in the name and label of everything that these tests create: packages run side by side.
var port int

// engine is a Fly over the container engine of this machine, at a port of its own.
type engine struct {
	*testing.T
	fly    *flylocal.Fly
	server *http.Server
	dir    string
}

// open opens a Fly at the port of these tests.
func open(t *testing.T, dir string) *engine {
	t.Helper()
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	f, err := flylocal.New(flylocal.WithPort(port), flylocal.WithState(dir), flylocal.WithLog(log), flylocal.WithIdle(idle), flylocal.WithEngine(
		func(token string) (control.Host, error) { return engines.Open(t.Context(), port, token, log) }))
	require.NoError(t, err)
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", fmt.Sprintf("127.0.0.1:%d", port))
	require.NoError(t, err)
	e := &engine{T: t, fly: f, server: &http.Server{Handler: f}, dir: dir}
	go func() { _ = e.server.Serve(l) }()
	return e
}

// start makes a Fly with an app, and removes everything of it in the end.
func start(t *testing.T) *engine {
	t.Helper()
	sweep(t)
	e := open(t, t.TempDir())
	t.Cleanup(func() {
		_ = e.server.Close()
		e.fly.Close()
		sweep(t)
	})
	e.call("POST", "/v1/apps", map[string]string{"name": app, "org_slug": "test"}, nil)
	return e
}

// again replaces the Fly by the next one over the same folder.
func (e *engine) again() {
	e.Helper()
	_ = e.server.Close()
	e.fly.Close()
	next := open(e.T, e.dir)
	e.fly, e.server = next.fly, next.server
}

// sweep removes everything that these tests created on the engine.
func sweep(t *testing.T) {
	t.Helper()
	require.NoError(t, removeAll())
}

// removeAll removes what has the label of this port, anonymous volumes too, and the images that were pushed here.
// It looks again until nothing is left: the engine may still carry out a request of a Fly that is gone.
func removeAll() error {
	for range 10 {
		left := remains()
		if len(left) == 0 {
			return nil
		}
		for _, command := range left {
			_ = docker(command...)
		}
	}
	return fmt.Errorf("the engine still has what the tests created: %v", remains())
}

// remains lists the commands that remove what is left.
func remains() (commands [][]string) {
	label := fmt.Sprintf("label=flylocal=%d", port)
	for _, kind := range []struct{ list, remove []string }{
		{[]string{"ps", "-aq", "--filter", label}, []string{"rm", "-f", "-v"}},
		{[]string{"volume", "ls", "-q", "--filter", label}, []string{"volume", "rm"}},
		{[]string{"network", "ls", "-q", "--filter", label}, []string{"network", "rm"}},
		{[]string{"images", "--format", "{{.Repository}}@{{.Digest}}", "--filter", fmt.Sprintf("reference=localhost:%d/*", port)}, []string{"rmi", "-f"}},
	} {
		out, err := exec.CommandContext(context.Background(), "docker", kind.list...).Output()
		if ids := strings.Fields(string(out)); err == nil && len(ids) > 0 {
			commands = append(commands, append(kind.remove, ids...))
		}
	}
	return commands
}

func docker(args ...string) error {
	return exec.CommandContext(context.Background(), "docker", args...).Run()
}

// run is docker with these arguments, at the end of a test too.
func run(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(context.Background(), "docker", args...)
	var bad bytes.Buffer
	cmd.Stderr = &bad
	out, err := cmd.Output()
	require.NoError(t, err, "docker %v: %s", args, bad.String())
	return strings.TrimSpace(string(out))
}

// call asks the API and reads the answer into out.
func (e *engine) call(method, path string, in, out any) {
	e.Helper()
	data, err := json.Marshal(in)
	require.NoError(e, err)
	req, err := http.NewRequestWithContext(e.Context(), method, fmt.Sprintf("http://127.0.0.1:%d%s", port, path), bytes.NewReader(data))
	require.NoError(e, err)
	req.Header.Set("Authorization", "Bearer "+e.fly.OrgToken())
	resp, err := http.DefaultClient.Do(req)
	require.NoError(e, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(e, err)
	require.Less(e, resp.StatusCode, 300, "%s %s: %s", method, path, text)
	if out != nil {
		require.NoError(e, json.Unmarshal(text, out))
	}
}

type machine struct {
	ID      string      `json:"id"`
	State   string      `json:"state"`
	Version string      `json:"instance_id"`
	Address string      `json:"private_ip"`
	Image   cloud.Image `json:"image_ref"`
	Events  []cloud.Event
	Checks  []cloud.Check
}

func (m machine) exit() *cloud.ExitEvent {
	for _, ev := range m.Events {
		if ev.Type == "exit" {
			return ev.Request.Exit
		}
	}
	return nil
}

const machines = "/v1/apps/" + app + "/machines"

// launch makes a machine and waits for a state.
func (e *engine) launch(state string, config map[string]any) machine {
	e.Helper()
	if config["image"] == nil {
		config["image"] = base
	}
	var m machine
	e.call("POST", machines, map[string]any{"config": config}, &m)
	return e.wait(m, state)
}

func (e *engine) wait(m machine, state string) machine {
	e.Helper()
	e.call("GET", fmt.Sprintf("%s/%s/wait?state=%s&timeout=60", machines, m.ID, state), nil, nil)
	return e.get(m.ID)
}

func (e *engine) get(id string) (m machine) {
	e.Helper()
	e.call("GET", machines+"/"+id, nil, &m)
	return m
}

func (e *engine) sh(m machine, script string) string {
	e.Helper()
	var out struct {
		Code   int `json:"exit_code"`
		Stdout string
		Stderr string
	}
	e.call("POST", machines+"/"+m.ID+"/exec", map[string]any{"command": []string{"bash", "-c", script}}, &out)
	require.Zero(e, out.Code, out.Stderr)
	return strings.TrimSpace(out.Stdout)
}

func sh(script string) map[string]any { return map[string]any{"cmd": []string{"bash", "-c", script}} }

func TestMain(m *testing.M) {
	if dir := os.Getenv(stateOf); dir != "" {
		fmt.Fprintln(os.Stderr, beFly(dir))
		os.Exit(1)
	}
	if err := docker("info"); err != nil {
		fmt.Fprintln(os.Stderr, "SKIPPED: no container engine answers; start one, or set DOCKER_HOST:", err)
		os.Exit(0)
	}
	os.Exit(runAll(m))
}

// runAll runs the tests and leaves the engine as it was.
func runAll(m *testing.M) int {
	port = freePort()
	if docker("image", "inspect", base) != nil {
		if err := docker("pull", "-q", base); err != nil {
			fmt.Fprintf(os.Stderr, "cannot pull %s: %v\n", base, err)
			return 1
		}
		defer func() { _ = docker("rmi", base) }()
	}
	removeOnSignal()
	code := m.Run()
	if err := removeAll(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// removeOnSignal removes what the tests created when a signal ends them: no cleanup of a test runs then.
func removeOnSignal() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		<-signals
		fmt.Fprintln(os.Stderr, "interrupted: removing what the tests created")
		if err := removeAll(); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(1)
	}()
}

// freePort returns a port on which nothing listens. It is below those that outgoing connections take, so that it stays
// free while a Fly restarts.
func freePort() int {
	for {
		n := 20000 + rand.IntN(10000)
		if l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", fmt.Sprintf("127.0.0.1:%d", n)); err == nil {
			l.Close()
			return n
		}
	}
}

// until waits for a state.
func (e *engine) until(what string, ok func() bool) {
	e.Helper()
	require.Eventually(e, ok, patience, 100*time.Millisecond, what)
}
