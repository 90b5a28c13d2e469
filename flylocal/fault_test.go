package flylocal_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	fly "github.com/superfly/fly-go"
)

func (w *world) fault(body map[string]any) {
	w.Helper()
	status, text := w.do("POST", "/_flylocal/faults", w.fly.OrgToken(), body)
	require.Equal(w, http.StatusOK, status, text)
}

func TestACallGoesWrongAsAsked(t *testing.T) {
	for reason, c := range map[string]struct {
		fault  map[string]any
		status []int // of three calls
	}{
		"the second":           {map[string]any{"status": 503, "nth": 2}, []int{200, 503, 200}},
		"the first two":        {map[string]any{"status": 429, "times": 2}, []int{429, 429, 200}},
		"a path that matches":  {map[string]any{"status": 500, "path": "/v1/apps/*", "method": "GET"}, []int{500, 200, 200}},
		"a path that does not": {map[string]any{"status": 500, "path": "/v1/apps"}, []int{200, 200, 200}},
		"another method":       {map[string]any{"status": 500, "method": "POST"}, []int{200, 200, 200}},
		"no memory":            {map[string]any{"kind": "no-memory"}, []int{408, 200, 200}},
		"no capacity":          {map[string]any{"kind": "insufficient-capacity"}, []int{412, 200, 200}},
	} {
		t.Run(reason, func(t *testing.T) {
			w := open(t)
			w.app("web")
			w.fault(c.fault)
			for _, want := range c.status {
				got, body := w.do("GET", "/v1/apps/web", w.fly.OrgToken(), nil)
				require.Equal(t, want, got, body)
			}
		})
	}
}

func TestAConnectionIsCut(t *testing.T) {
	w := open(t)
	app := w.app("web")
	m := w.launch(app, web())
	w.fault(map[string]any{"kind": "cut", "path": "/v1/apps/web/machines/*/stop"})
	err := w.flaps.Stop(t.Context(), app, fly.StopMachineInput{ID: m.ID}, "")
	require.ErrorContains(t, err, "EOF")
}

// A client that repeats this call without a look creates two machines.
func TestAnAnswerIsLostAfterTheWorkIsDone(t *testing.T) {
	w := open(t)
	app := w.app("web")
	w.fault(map[string]any{"kind": "lost", "method": "POST", "path": "/v1/apps/web/machines"})
	_, err := w.flaps.Launch(t.Context(), app, fly.LaunchMachineInput{Config: web()})
	require.ErrorContains(t, err, "deadline_exceeded")
	all, err := w.flaps.List(t.Context(), app, "")
	require.NoError(t, err)
	require.Len(t, all, 1)
}

func TestAnUpdateIsRevertedInSilence(t *testing.T) {
	w := open(t)
	app := w.app("web")
	old := w.launch(app, web())
	w.fault(map[string]any{"kind": "silent-revert", "app": app})
	cfg := web()
	cfg.Image = "postgres:18"
	m, err := w.flaps.Update(t.Context(), app, fly.LaunchMachineInput{ID: old.ID, Config: cfg}, "")
	require.NoError(t, err)
	require.NoError(t, w.flaps.Wait(t.Context(), app, &fly.Machine{ID: m.ID}, "started", patience), "a client that does not compare versions sees a success")
	got := w.get(app, m.ID)
	require.Equal(t, old.InstanceID, got.InstanceID)
	require.Equal(t, "postgres:17", got.Config.Image)
	require.Len(t, w.fly.Scripted().Started(), 1)
}

func TestAMachineCrashesInALoop(t *testing.T) {
	w := open(t)
	app := w.app("web")
	w.fault(map[string]any{"kind": "crash-loop", "app": app, "times": 3})
	m, err := w.flaps.Launch(t.Context(), app, fly.LaunchMachineInput{Config: web()})
	require.NoError(t, err)
	w.until("it recovers", func() bool {
		m := w.get(app, m.ID)
		e := m.GetLatestEventOfType("exit")
		return m.State == "started" && e != nil && e.Request.RestartCount == 3
	})
}

// Each exit event has its count and whether a restart follows; the last one has no restart.
func TestACrashLoopEndsWhenItsRetriesAreUsedUp(t *testing.T) {
	w := open(t)
	app := w.app("web")
	w.fault(map[string]any{"kind": "crash-loop", "app": app, "times": 100})
	cfg := web()
	cfg.Restart = &fly.MachineRestart{Policy: fly.MachineRestartPolicyOnFailure, MaxRetries: 2}
	m, err := w.flaps.Launch(t.Context(), app, fly.LaunchMachineInput{Config: cfg})
	require.NoError(t, err)
	var exits []*fly.MachineEvent
	w.until("it gave up", func() bool {
		exits = nil
		got := w.get(app, m.ID)
		for _, e := range got.Events {
			if e.Type == "exit" {
				exits = append(exits, e)
			}
		}
		return got.State == "stopped" && len(exits) == 3
	})
	for i, restarting := range []bool{false, true, true} {
		require.Equal(t, restarting, exits[i].Request.ExitEvent.Restarting, i)
		require.Equal(t, 137, exits[i].Request.ExitEvent.ExitCode)
		require.False(t, exits[i].Request.ExitEvent.RequestedStop)
	}
}

func TestFaultsEnd(t *testing.T) {
	w := open(t)
	w.app("web")
	w.fault(map[string]any{"status": 500, "times": 100})
	status, _ := w.do("DELETE", "/_flylocal/faults", w.fly.OrgToken(), nil)
	require.Equal(t, http.StatusOK, status)
	status, _ = w.do("GET", "/v1/apps/web", w.fly.OrgToken(), nil)
	require.Equal(t, http.StatusOK, status)
	require.Empty(t, w.listed().Faults)
}

func TestAFaultIsListedUntilItHappened(t *testing.T) {
	w := open(t)
	w.app("web")
	require.Empty(t, w.listed().Faults)
	w.fault(map[string]any{"status": 503, "nth": 2, "times": 2, "path": "/v1/apps/web"})
	w.fault(map[string]any{"kind": "crash-loop", "app": "web", "times": 1})
	left := func() (all []float64) {
		for _, f := range w.listed().Faults {
			all = append(all, f["times"].(float64))
		}
		return all
	}
	require.Equal(t, []float64{2, 1}, left())
	for range 2 {
		w.do("GET", "/v1/apps/web", w.fly.OrgToken(), nil)
	}
	require.Equal(t, []float64{1, 1}, left())
	w.do("GET", "/v1/apps/web", w.fly.OrgToken(), nil)
	w.launch("web", web())
	w.until("the crash happened", func() bool { return len(left()) == 0 })
}

func TestAFaultIsRefused(t *testing.T) {
	w := open(t)
	for reason, c := range map[string]struct{ body, want string }{
		"an unknown kind":           {`{"kind":"earthquake"}`, `unknown kind "earthquake": use cut, hang, insufficient-capacity, no-memory, lost, slow-start, crash-loop, silent-revert`},
		"a status that is no error": {`{"status":200}`, "from 400 to 599"},
		"neither status nor kind":   {`{}`, "a status from 400 to 599, or a kind"},
		"both":                      {`{"status":500,"kind":"cut"}`, "not both"},
		"an unknown field":          {`{"status":500,"count":2}`, `unknown field "count"`},
		"an unknown app":            {`{"kind":"crash-loop","app":"nobody"}`, `there is no app "nobody"`},
		"an app without an effect":  {`{"status":500,"app":"web"}`, "calls are chosen by method and path"},
		"a path without an effect":  {`{"kind":"slow-start","path":"/v1/apps"}`, "kind slow-start takes app and times"},
		"a text without an effect":  {`{"kind":"cut","text":"x"}`, "a text goes with a status"},
		"seconds without an effect": {`{"status":500,"seconds":3}`, "hang and slow-start only"},
		"a path that is no pattern": {`{"status":500,"path":"["}`, "is not a pattern"},
		"an unknown method":         {`{"status":500,"method":"get"}`, `unknown method "get"`},
		"a negative number":         {`{"status":500,"times":-1}`, "are not negative"},
		"rate limits and a fault":   {`{"status":500,"rate_limits":true}`, "rate_limits stand alone"},
		"a list":                    {`[{"status":500}]`, "not a fault"},
		"nothing":                   {``, "not a fault"},
		"two faults":                {`{"status":500}{"status":501}`, "one fault at a time"},
	} {
		t.Run(reason, func(t *testing.T) {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/_flylocal/faults", strings.NewReader(c.body))
			require.NoError(t, err)
			req.Header.Set("Authorization", "Bearer "+w.fly.OrgToken())
			resp, err := w.via.RoundTrip(req)
			require.NoError(t, err)
			defer resp.Body.Close()
			var answer struct{ Error string }
			require.NoError(t, json.NewDecoder(resp.Body).Decode(&answer))
			require.Equal(t, http.StatusUnprocessableEntity, resp.StatusCode)
			require.Contains(t, answer.Error, c.want)
			require.Empty(t, w.listed().Faults)
		})
	}
}
