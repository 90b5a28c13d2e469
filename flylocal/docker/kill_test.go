//go:build acceptance

package docker_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/flylocal"
	"github.com/renewa/pipeline/flylocal/control"
	engines "github.com/renewa/pipeline/flylocal/docker"
)

// stateOf and portOf are set in a process that is a Fly and not a test: see TestMain.
const (
	stateOf = "FLYLOCAL_TEST_STATE"
	portOf  = "FLYLOCAL_TEST_PORT"
)

// beFly runs a Fly as a process of its own, so that it can be killed.
func beFly(dir string) (err error) {
	if port, err = strconv.Atoi(os.Getenv(portOf)); err != nil {
		return err
	}
	f, err := flylocal.New(flylocal.WithPort(port), flylocal.WithState(dir), flylocal.WithEngine(
		func(token string) (control.Host, error) {
			return engines.Open(context.Background(), port, token, slog.New(slog.DiscardHandler))
		}))
	if err != nil {
		return err
	}
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return err
	}
	fmt.Println(f.OrgToken())
	return http.Serve(l, f)
}

// process is a Fly in a process.
type process struct {
	*testing.T
	cmd   *exec.Cmd
	token string
	end   sync.Once
}

func (e *process) kill() {
	e.end.Do(func() {
		_ = e.cmd.Process.Kill() // SIGKILL
		_ = e.cmd.Wait()
	})
}

func live(t *testing.T, dir string) *process {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	p := &process{T: t, cmd: exec.CommandContext(t.Context(), self)}
	p.cmd.Env = append(os.Environ(), stateOf+"="+dir, portOf+"="+strconv.Itoa(port))
	p.cmd.Stderr = os.Stderr
	out, err := p.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, p.cmd.Start())
	t.Cleanup(p.kill)
	p.token, err = bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err, "flylocal did not come up")
	p.token = strings.TrimSpace(p.token)
	return p
}

// ask sends a request, and reports whether it was acknowledged.
func (e *process) ask(method, path string, in, out any) bool {
	data, _ := json.Marshal(in)
	req, err := http.NewRequestWithContext(context.Background(), method, fmt.Sprintf("http://127.0.0.1:%d%s", port, path), bytes.NewReader(data))
	if err != nil {
		return false
	}
	req.Header.Set("Authorization", "Bearer "+e.token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= 300 {
		return false
	}
	return out == nil || json.Unmarshal(text, out) == nil
}

// work launches machines, updates each and destroys the third, until the Fly is gone. It returns the version each
// machine was acknowledged to have; an empty one for what was acknowledged to be destroyed, or may be.
func (e *process) work() map[string]string {
	known := map[string]string{}
	config := map[string]any{"image": base, "init": sh("trap 'exit 0' INT TERM; sleep 1000 & wait")}
	for i := range 4 {
		var m machine
		if !e.ask("POST", machines, map[string]any{"config": config}, &m) {
			return known
		}
		known[m.ID] = m.Version
		if !e.ask("POST", machines+"/"+m.ID, map[string]any{"config": config}, &m) {
			return known
		}
		known[m.ID] = m.Version
		if i == 2 {
			known[m.ID] = ""
			if !e.ask("DELETE", machines+"/"+m.ID+"?kill=true", nil, nil) {
				return known
			}
		}
	}
	for e.ask("GET", machines, nil, nil) { // its containers start and are replaced meanwhile
		time.Sleep(20 * time.Millisecond)
	}
	return known
}

func wait(long time.Duration, ok func() bool) bool {
	for end := time.Now().Add(long); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		if ok() {
			return true
		}
	}
	return false
}

// A Fly is killed at several moments. The next one has every machine that was acknowledged, each with one container of
// its version, and there is no other container.
func TestAKilledFlyHasItsMachinesWhenItComesBack(t *testing.T) {
	sweep(t)
	dir := t.TempDir()
	t.Cleanup(func() { sweep(t) })
	e := live(t, dir)
	require.True(t, e.ask("POST", "/v1/apps", map[string]string{"name": app, "org_slug": "test"}, nil))
	for _, after := range []time.Duration{30, 150, 500, 1200, 2500} {
		time.AfterFunc(after*time.Millisecond, e.kill)
		known := e.work()
		e.kill()
		e = live(t, dir)
		var all []machine
		containers := func() (names []string) {
			out := run(t, "ps", "-a", "--filter", fmt.Sprintf("label=flylocal=%d", port), "--filter", "label=flylocal.app="+app, "--format", `{{.Label "flylocal.machine"}} {{.Label "flylocal.instance"}} {{.State}}`)
			return slices.Sorted(slices.Values(strings.FieldsFunc(out, func(r rune) bool { return r == '\n' })))
		}
		var want []string
		if !wait(patience, func() bool {
			all = nil
			if !e.ask("GET", machines, nil, &all) {
				return false
			}
			want = nil
			for _, m := range all {
				want = append(want, m.ID+" "+m.Version+" running")
			}
			slices.Sort(want)
			return slices.Equal(want, containers())
		}) {
			require.Equal(t, want, containers(), "killed after %d ms: every machine has its container, and there is no other: %+v", after, all)
		}
		for id, version := range known {
			i := slices.IndexFunc(all, func(m machine) bool { return m.ID == id })
			if version != "" {
				require.GreaterOrEqual(t, i, 0, "machine %s was acknowledged and is lost", id)
				require.GreaterOrEqual(t, all[i].Version, version, "machine %s fell back behind what was acknowledged", id)
			}
		}
		t.Logf("killed after %d ms: %d machines acknowledged, %d there", after, len(known), len(all))
		for _, m := range all {
			require.True(t, e.ask("DELETE", machines+"/"+m.ID+"?kill=true", nil, nil))
		}
	}
}
