//go:build acceptance

package docker_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAMachineIsAContainerWithWhatItsConfigSays(t *testing.T) {
	e := start(t)
	e.call("POST", "/v1/apps/"+app+"/secrets", map[string]any{"values": map[string]string{"KEY": "a b\n$c", "BOTH": "secret"}}, nil)
	m := e.launch("started", map[string]any{
		"init": sh("sleep 1000"), "env": map[string]string{"BOTH": "config"},
		"files": []map[string]any{{"guest_path": "/etc/new/file", "raw_value": "aGVsbG8="}},
	})
	require.Equal(t, "a b\n$c", e.sh(m, "printenv KEY"))
	require.Equal(t, "secret", e.sh(m, "printenv BOTH"))
	require.Equal(t, m.ID, e.sh(m, "printenv FLY_MACHINE_ID"))
	require.Equal(t, m.Address, e.sh(m, "printenv FLY_PRIVATE_IP"))
	require.Equal(t, "hello", e.sh(m, "cat /etc/new/file"))
	require.Contains(t, e.sh(m, "cat /proc/net/if_inet6"), strings.ReplaceAll(expand(m.Address), ":", ""), "it has the address that the API answered")
	name := fmt.Sprintf("flylocal-%d-%s-%s", port, app, m.ID)
	require.Equal(t, fmt.Sprint(port), run(t, "inspect", "-f", `{{index .Config.Labels "flylocal"}}`, name))
	require.NotContains(t, run(t, "inspect", "-f", `{{json .Config.Labels}}`, name), "a b")

	var out struct {
		Code           int `json:"exit_code"`
		Stdout, Stderr string
	}
	e.call("POST", machines+"/"+m.ID+"/exec", map[string]any{"cmd": "bash -c 'cat; echo bad >&2; exit 7'", "stdin": "input\n"}, &out)
	require.Equal(t, 7, out.Code)
	require.Equal(t, "input\n", out.Stdout)
	require.Equal(t, "bad\n", out.Stderr)
}

func expand(v6 string) string {
	var words []string
	for _, w := range strings.Split(v6, ":") {
		words = append(words, fmt.Sprintf("%04s", w))
	}
	return strings.Join(words, ":")
}

func TestAReleaseCommandsExitCodeAndLinesAreKept(t *testing.T) {
	e := start(t)
	var m machine
	e.call("POST", machines, map[string]any{"skip_launch": true, "config": map[string]any{
		"image": base, "auto_destroy": true,
		"restart": map[string]any{"policy": "no"}, "init": sh("echo out; echo bad >&2; exit 3"),
	}}, &m)
	e.wait(m, "stopped")
	e.call("POST", machines+"/"+m.ID+"/start", nil, nil)
	m = e.wait(m, "destroyed")
	require.Equal(t, 3, m.exit().ExitCode)
	var log struct {
		Data []struct {
			Attributes struct{ Message, Level string }
		}
	}
	e.call("GET", "/api/v1/apps/"+app+"/logs?instance="+m.ID, nil, &log)
	got := map[string]string{}
	for _, l := range log.Data {
		got[l.Attributes.Message] = l.Attributes.Level
	}
	require.Equal(t, "info", got["out"])
	require.Equal(t, "error", got["bad"])
	require.Empty(t, run(t, "ps", "-aq", "--filter", "name="+m.ID), "nothing is left of it")
}

func TestAProcessThatTakesTooMuchMemoryIsKilled(t *testing.T) {
	e := start(t)
	m := e.launch("stopped", map[string]any{
		"restart": map[string]any{"policy": "no"},
		"guest":   map[string]any{"cpu_kind": "shared", "cpus": 1, "memory_mb": 64}, "init": sh("head -c 300m /dev/zero | tail"),
	})
	require.Equal(t, 137, m.exit().ExitCode)
	require.True(t, m.exit().OOMKilled)
}

func TestAStopIsAsked(t *testing.T) {
	for reason, c := range map[string]struct {
		script, timeout string
		code            int
		signal          int
	}{
		"SIGINT is handled":    {"trap 'exit 5' INT; sleep 1000 & wait", "60s", 5, -1},
		"SIGINT is ignored":    {"trap '' INT; sleep 1000", "1s", 137, 9},
		"the shell just obeys": {"sleep 1000", "60s", 130, 2},
	} {
		t.Run(reason, func(t *testing.T) {
			e := start(t)
			m := e.launch("started", map[string]any{"init": sh(c.script), "stop_config": map[string]any{"timeout": c.timeout}})
			e.until("the script runs", func() bool { return strings.Contains(e.sh(m, "cat /proc/*/comm"), "sleep") })
			e.call("POST", machines+"/"+m.ID+"/stop", map[string]any{}, nil)
			m = e.wait(m, "stopped")
			require.Equal(t, c.code, m.exit().ExitCode)
			require.Equal(t, c.signal, m.exit().GuestSignal)
			require.True(t, m.exit().RequestedStop)
		})
	}
}

func TestAVolumeOutlivesMachines(t *testing.T) {
	e := start(t)
	var v struct{ ID string }
	e.call("POST", "/v1/apps/"+app+"/volumes", map[string]any{"name": "data", "size_gb": 1}, &v)
	config := map[string]any{"init": sh("sleep 1000"), "mounts": []map[string]any{{"volume": v.ID, "path": "/data"}}}
	m := e.launch("started", config)
	e.sh(m, "echo kept > /data/file; echo lost > /file")
	e.call("POST", machines+"/"+m.ID+"/restart?force_stop=true", nil, nil)
	m = e.wait(m, "started")
	require.Equal(t, "kept", e.sh(m, "cat /data/file"))
	require.Equal(t, "no", e.sh(m, "test -e /file || echo no"), "the rest is as the image has it, as on Fly")
	e.call("DELETE", machines+"/"+m.ID+"?kill=true", nil, nil)
	e.wait(m, "destroyed")
	m = e.launch("started", config)
	require.Equal(t, "kept", e.sh(m, "cat /data/file"))
}

const server = `use IO::Socket::INET; my $s = IO::Socket::INET->new(LocalAddr => "0.0.0.0", LocalPort => 8080, Listen => 5, ReuseAddr => 1) or die $!;
while (my $c = $s->accept) { while (<$c>) { last if /^\r?\n$/ } print $c "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"; close $c }`

func TestMachinesAreReachedByCheckProxyAndName(t *testing.T) {
	e := start(t)
	m := e.launch("started", map[string]any{
		"init": map[string]any{"cmd": []string{"perl", "-e", server}}, "metadata": map[string]string{"fly_process_group": "web"},
		"services": []map[string]any{{
			"protocol": "tcp", "internal_port": 8080, "ports": []map[string]any{{"port": 80, "handlers": []string{"http"}}},
			"checks": []map[string]any{{"type": "http", "path": "/"}},
		}},
	})
	e.until("its check passes", func() bool {
		checks := e.get(m.ID).Checks
		return len(checks) == 1 && checks[0].Status == "passing"
	})
	e.call("POST", "/v1/apps/"+app+"/ip_assignments", map[string]string{"type": "shared_v4"}, nil)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, fmt.Sprintf("http://127.0.0.1:%d/", port), nil)
	require.NoError(t, err)
	req.Host = app + ".localhost"
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, "hello", string(body))

	other := e.launch("started", map[string]any{"init": sh("sleep 1000"), "dns": map[string]any{"skip_registration": true}})
	for _, name := range []string{app + ".internal", "fra." + app + ".internal", "web.process." + app + ".internal", app + ".flycast"} {
		found := e.sh(other, "getent ahostsv6 "+name+" | cut -d' ' -f1 | sort -u")
		require.Equal(t, m.Address, found, "%s is the one that registers, by its IPv6 address", name)
	}
	require.Equal(t, other.Address, e.sh(other, "getent ahostsv6 "+other.ID+".vm."+app+".internal | head -1 | cut -d' ' -f1"))
	e.until("there is a warning about IPv4", func() bool {
		for _, ev := range e.get(m.ID).Events {
			if ev.Type == "warning" && strings.Contains(ev.Request.Message, "IPv4 only") {
				return true
			}
		}
		return false
	})
}

func TestTheEnginePullsWhatWasPushedHere(t *testing.T) {
	e := start(t)
	ref := fmt.Sprintf("localhost:%d/%s:v1", port, app)
	run(t, "tag", base, ref)
	t.Cleanup(func() { run(t, "rmi", ref) })
	run(t, "login", "-u", "x", "-p", e.fly.OrgToken(), fmt.Sprintf("localhost:%d", port))
	defer run(t, "logout", fmt.Sprintf("localhost:%d", port))
	run(t, "push", "-q", ref)
	m := e.launch("started", map[string]any{"image": "registry.fly.io/" + app + ":v1", "init": sh("sleep 1000")})
	require.Contains(t, run(t, "push", ref), m.Image.Digest)
	require.Equal(t, "registry.fly.io/"+app+":v1@"+m.Image.Digest, e.sh(m, "printenv FLY_IMAGE_REF"))
}

func TestMachinesRunOnWhileFlyIsAway(t *testing.T) {
	e := start(t)
	kept := e.launch("started", map[string]any{"init": sh("sleep 1000")})
	killed := e.launch("started", map[string]any{"init": sh("sleep 1000")})
	id := func(m machine) string { return fmt.Sprintf("flylocal-%d-%s-%s", port, app, m.ID) }
	since := run(t, "inspect", "-f", "{{.State.StartedAt}}", id(kept))
	_ = e.server.Close()
	e.fly.Close()
	run(t, "kill", id(killed))
	stray := fmt.Sprintf("flylocal-%d-stray-x", port)
	run(t, "run", "-d", "--name", stray, "--label", fmt.Sprintf("flylocal=%d", port), "--label", "flylocal.app=stray", "--label", "flylocal.machine=x", base, "sleep", "1000")
	e.again()
	e.wait(kept, "started")
	e.until("what was killed runs again", func() bool {
		return e.get(killed.ID).State == "started" && run(t, "ps", "-q", "--filter", "name="+id(killed)) != ""
	})
	require.Equal(t, since, run(t, "inspect", "-f", "{{.State.StartedAt}}", id(kept)), "it was not touched")
	require.Empty(t, run(t, "ps", "-aq", "--filter", "name="+stray), "a container of no machine is removed")
}
