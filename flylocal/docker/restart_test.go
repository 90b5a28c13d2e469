//go:build acceptance

package docker_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/flylocal/cloud"
)

func (m machine) exits() (all []cloud.Event) {
	for _, ev := range m.Events {
		if ev.Type == "exit" {
			all = append(all, ev)
		}
	}
	return all
}

func TestAContainerThatEndsIsStartedAgainAsItsPolicySays(t *testing.T) {
	e := start(t)
	for reason, c := range map[string]struct {
		policy map[string]any
		script string
		exits  int
		ends   bool
	}{
		"no":                            {map[string]any{"policy": "no"}, "exit 4", 1, true},
		"on failure, and it went well":  {map[string]any{"policy": "on-failure"}, "exit 0", 1, true},
		"on failure, as often as asked": {map[string]any{"policy": "on-failure", "max_retries": 2}, "exit 4", 3, true},
		"always, even after success":    {map[string]any{"policy": "always"}, "exit 0", 3, false},
	} {
		var m machine
		e.call("POST", machines, map[string]any{"config": map[string]any{"image": base, "restart": c.policy, "init": sh(c.script)}}, &m)
		e.until(reason, func() bool {
			m = e.get(m.ID)
			return len(m.exits()) >= c.exits && (!c.ends || m.State == "stopped" && !m.exits()[0].Request.Exit.Restarting)
		})
		if c.ends {
			require.Len(t, m.exits(), c.exits, reason)
			require.Empty(t, run(t, "ps", "-aq", "--filter", "name="+m.ID), reason)
		}
		e.call("DELETE", machines+"/"+m.ID+"?force=true&kill=true", nil, nil)
	}
}

func TestTheSignalOfTheConfigIsSent(t *testing.T) {
	e := start(t)
	m := e.launch("started", map[string]any{
		"init": sh("trap 'exit 6' USR1; sleep 1000 & wait"), "stop_config": map[string]any{"signal": "SIGUSR1", "timeout": "60s"},
	})
	e.until("the script runs", func() bool { return strings.Contains(e.sh(m, "cat /proc/*/comm"), "sleep") })
	e.call("POST", machines+"/"+m.ID+"/stop", map[string]any{}, nil)
	require.Equal(t, 6, e.wait(m, "stopped").exit().ExitCode)
}

// The process continues where it was suspended, and is not started afresh.
func TestASuspendedContainerGoesOnWhereItWas(t *testing.T) {
	e := start(t)
	m := e.launch("started", map[string]any{"init": sh("n=0; while sleep 0.1; do n=$((n+1)); echo $n > /count; done")})
	e.until("it counts", func() bool { return e.sh(m, "cat /count 2>/dev/null || true") != "" })
	e.call("POST", machines+"/"+m.ID+"/suspend", nil, nil)
	e.wait(m, "suspended")
	require.Equal(t, "paused", run(t, "inspect", "-f", "{{.State.Status}}", fmt.Sprintf("flylocal-%d-%s-%s", port, app, m.ID)))
	e.call("POST", machines+"/"+m.ID+"/start", nil, nil)
	m = e.wait(m, "started")
	require.NotEmpty(t, e.sh(m, "cat /count"))
	require.Nil(t, m.exit())
}

// A check over TCP, idle machines that rest, a request that wakes one: all with a port that is really listened on.
func TestAnIdleContainerRestsUntilARequestWakesIt(t *testing.T) {
	e := start(t)
	e.call("POST", "/v1/apps/"+app+"/ip_assignments", map[string]string{"type": "shared_v4"}, nil)
	config := map[string]any{
		"init": map[string]any{"cmd": []string{"perl", "-e", server}},
		"services": []map[string]any{{
			"protocol": "tcp", "internal_port": 8080, "ports": []map[string]any{{"port": 80, "handlers": []string{"http"}}},
			"autostop": "stop", "autostart": true, "min_machines_running": 1,
			"checks": []map[string]any{{"type": "tcp", "interval": "2s"}},
		}},
	}
	one, two := e.launch("started", config), e.launch("started", config)
	running := func() string {
		return run(t, "ps", "-q", "--filter", fmt.Sprintf("label=flylocal=%d", port), "--filter", "label=flylocal.app="+app)
	}
	e.until("one of two rests", func() bool { return e.get(one.ID).State == "stopped" || e.get(two.ID).State == "stopped" })
	other := e.launch("started", map[string]any{ // when this one rests, the other was idle for as long
		"init": map[string]any{"cmd": []string{"perl", "-e", server}}, "metadata": map[string]string{"fly_process_group": "other"},
		"services": []map[string]any{{
			"protocol": "tcp", "internal_port": 8080, "ports": []map[string]any{{"port": 80, "handlers": []string{"http"}}}, "autostop": "stop",
		}},
	})
	e.wait(other, "stopped")
	require.Len(t, strings.Fields(running()), 1, "one must keep running")
	e.call("DELETE", machines+"/"+other.ID+"?force=true&kill=true", nil, nil)
	for _, m := range []machine{one, two} {
		e.call("POST", machines+"/"+m.ID+"/stop", map[string]any{}, nil)
		e.wait(m, "stopped")
	}
	require.Empty(t, running())
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, fmt.Sprintf("http://127.0.0.1:%d/", port), nil)
	require.NoError(t, err)
	req.Host = app + ".localhost"
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	resp.Body.Close()
	require.Equal(t, http.StatusOK, resp.StatusCode)
	require.Len(t, strings.Fields(running()), 1, "one was started for the request")
	woken := one
	if e.get(two.ID).State == "started" {
		woken = two
	}
	require.Equal(t, "passing", e.get(woken.ID).Checks[0].Status)
	require.Contains(t, e.get(woken.ID).Checks[0].Output, "connected to port 8080")
}
