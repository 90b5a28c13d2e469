package flylocal_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	fly "github.com/superfly/fly-go"

	"github.com/renewa/pipeline/flylocal"
	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/scripted"
)

// idle is so long that machines surely rest which get no requests; it passes in no time in a bubble.
const idle = time.Hour

// states counts the machines of an app by their state.
func (w *world) states(app string) map[string]int {
	w.Helper()
	all, err := w.flaps.List(w.Context(), app, "")
	require.NoError(w, err)
	got := map[string]int{}
	for _, m := range all {
		got[m.State]++
	}
	return got
}

func resting(how fly.MachineAutostop, least int) *fly.MachineConfig {
	cfg := web()
	cfg.Services[0].Autostart, cfg.Services[0].Autostop, cfg.Services[0].MinMachinesRunning = ptr(true), &how, &least
	return cfg
}

func TestIdleMachinesRestAndARequestWakesOne(t *testing.T) {
	for reason, c := range map[string]struct {
		how   fly.MachineAutostop
		least int
		want  map[string]int // of three machines
	}{
		"all stop":            {fly.MachineAutostopStop, 0, map[string]int{"stopped": 3}},
		"all are suspended":   {fly.MachineAutostopSuspend, 0, map[string]int{"suspended": 3}},
		"two must keep going": {fly.MachineAutostopStop, 2, map[string]int{"stopped": 1, "started": 2}},
	} {
		t.Run(reason, func(t *testing.T) {
			bubble(t, func(w *world) {
				app := w.app("web")
				w.address(app)
				for range 3 {
					w.launch(app, resting(c.how, c.least))
				}
				time.Sleep(idle)
				require.Equal(w, c.want, w.states(app))
				status, body, _ := w.visit(app, "/")
				require.Equal(w, http.StatusOK, status, body)
			})
		})
	}
}

func TestAMachineIsNotIdleDuringARequest(t *testing.T) {
	bubble(t, func(w *world) {
		app := w.app("web")
		w.address(app)
		m := w.launch(app, resting(fly.MachineAutostopStop, 0))
		answered := make(chan int)
		go func() {
			status, _, _ := w.visit(app, "/slow")
			answered <- status
		}()
		time.Sleep(idle)
		require.Equal(w, "started", w.get(app, m.ID).State, "a long request keeps it up")
		require.Equal(w, http.StatusOK, <-answered)
		time.Sleep(idle)
		require.Equal(w, "stopped", w.get(app, m.ID).State)
		require.True(w, w.get(app, m.ID).GetLatestEventOfType("exit").Request.ExitEvent.RequestedStop)
	}, answers(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			time.Sleep(2 * idle)
		}
	}))
}

// A deploy holds the lease: nothing else stops the machine meanwhile.
func TestALeasedMachineDoesNotRest(t *testing.T) {
	bubble(t, func(w *world) {
		app := w.app("web")
		m, err := w.flaps.Launch(w.Context(), app, fly.LaunchMachineInput{Config: resting(fly.MachineAutostopStop, 0), LeaseTTL: int(2 * idle / time.Second)})
		require.NoError(w, err)
		time.Sleep(idle)
		require.Equal(w, "started", w.get(app, m.ID).State)
		require.NoError(w, w.flaps.ReleaseLease(w.Context(), app, m.ID, m.LeaseNonce))
		time.Sleep(idle)
		require.Equal(w, "stopped", w.get(app, m.ID).State)
	})
}

func TestAMachineWithoutAutostopDoesNotRest(t *testing.T) {
	bubble(t, func(w *world) {
		app := w.app("web")
		m := w.launch(app, web())
		time.Sleep(idle)
		require.Equal(w, "started", w.get(app, m.ID).State)
	}, flylocal.WithIdle(time.Second))
}

func TestALeaseEndsByItself(t *testing.T) {
	bubble(t, func(w *world) {
		app := w.app("web")
		m := w.launch(app, web())
		_, err := w.flaps.AcquireLease(w.Context(), app, m.ID, ptr(13))
		require.NoError(w, err)
		take := func() int {
			status, _ := w.do("POST", "/v1/apps/web/machines/"+m.ID+"/lease", w.fly.OrgToken(), nil)
			return status
		}
		time.Sleep(12 * time.Second)
		require.Equal(w, http.StatusConflict, take())
		time.Sleep(2 * time.Second)
		require.Equal(w, http.StatusCreated, take())
	})
}

// Until its process runs the machine is `starting`; only as many starts as asked are slow.
func TestAMachineStartsSlowly(t *testing.T) {
	bubble(t, func(w *world) {
		app := w.app("web")
		w.fault(map[string]any{"kind": "slow-start", "app": app, "seconds": 7})
		began := time.Now()
		m, err := w.flaps.Launch(w.Context(), app, fly.LaunchMachineInput{Config: web()})
		require.NoError(w, err)
		synctest.Wait()
		require.Equal(w, "starting", w.get(app, m.ID).State)
		require.Empty(w, w.fly.Scripted().Started())
		require.NoError(w, w.flaps.Wait(w.Context(), app, m, "started", patience))
		require.Equal(w, 7*time.Second, time.Since(began))
		var took []string
		for _, e := range w.get(app, m.ID).Events {
			took = append(took, e.Type+" "+e.Status)
		}
		require.Equal(w, []string{"start started", "start starting", "launch created"}, took)
		w.launch(app, web())
		require.Equal(w, 7*time.Second, time.Since(began), "only the next one was slow")
	})
}

// The pause before each restart is twice the one before.
func TestRestartsBackOff(t *testing.T) {
	bubble(t, func(w *world) {
		app := w.app("web")
		cfg := web()
		cfg.Restart = &fly.MachineRestart{Policy: fly.MachineRestartPolicyOnFailure, MaxRetries: 3}
		m, err := w.flaps.Launch(w.Context(), app, fly.LaunchMachineInput{Config: cfg})
		require.NoError(w, err)
		time.Sleep(idle)
		var ends []int64
		for _, e := range w.get(app, m.ID).Events {
			if e.Type == "exit" {
				ends = append(ends, e.Timestamp)
			}
		}
		require.Len(w, ends, 4) // newest first
		require.Equal(w, []int64{1000, 500, 250}, []int64{ends[0] - ends[1], ends[1] - ends[2], ends[2] - ends[3]})
	}, crashing())
}

func TestTooManyRequestsAreRefused(t *testing.T) {
	bubble(t, func(w *world) {
		m := w.launch(w.app("web"), web())
		cordon := func() int {
			status, _ := w.do("POST", "/v1/apps/web/machines/"+m.ID+"/cordon", w.fly.OrgToken(), nil)
			return status
		}
		require.Equal(w, []int{200, 200, 200, 429}, []int{cordon(), cordon(), cordon(), cordon()})
		time.Sleep(time.Second)
		require.Equal(w, []int{200, 429}, []int{cordon(), cordon()})
		w.fault(map[string]any{"rate_limits": false})
		require.Equal(w, http.StatusOK, cordon())
	}, flylocal.WithRateLimits())
}

func crashing() flylocal.Option {
	return flylocal.WithScript(func(cloud.Spec) scripted.Act { return scripted.Act{Ends: true, Code: 4} })
}
