package flylocal_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	fly "github.com/superfly/fly-go"

	"github.com/renewa/pipeline/flylocal"
)

// states counts the machines of an app by what they do.
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
			t.Parallel()
			w := open(t, flylocal.WithIdle(50*time.Millisecond))
			app := w.app("web")
			w.address(app)
			for range 3 {
				w.launch(app, resting(c.how, c.least))
			}
			w.until("they rest", func() bool { return fmt.Sprint(w.states(app)) == fmt.Sprint(c.want) })
			time.Sleep(200 * time.Millisecond)
			require.Equal(t, c.want, w.states(app), "no further")
			status, body, _ := w.visit(app, "/")
			require.Equal(t, http.StatusOK, status, body)
		})
	}
}

func TestAMachineIsNotIdleWhileItIsAsked(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	w := open(t, flylocal.WithIdle(50*time.Millisecond), answers(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			<-release
		}
	}))
	app := w.app("web")
	w.address(app)
	m := w.launch(app, resting(fly.MachineAutostopStop, 0))
	answered := make(chan int)
	go func() {
		status, _, _ := w.visit(app, "/slow")
		answered <- status
	}()
	w.until("it is asked", func() bool { return w.get(app, m.ID).State == "started" })
	time.Sleep(300 * time.Millisecond)
	require.Equal(t, "started", w.get(app, m.ID).State, "a long request keeps it up")
	close(release)
	require.Equal(t, http.StatusOK, <-answered)
	w.until("it rests", func() bool { return w.get(app, m.ID).State == "stopped" })
	require.True(t, w.get(app, m.ID).GetLatestEventOfType("exit").Request.ExitEvent.RequestedStop)
}

// Who deploys holds the lease: nothing is stopped under its hands.
func TestALeasedMachineDoesNotRest(t *testing.T) {
	t.Parallel()
	w := open(t, flylocal.WithIdle(50*time.Millisecond))
	app := w.app("web")
	m, err := w.flaps.Launch(t.Context(), app, fly.LaunchMachineInput{Config: resting(fly.MachineAutostopStop, 0), LeaseTTL: 60})
	require.NoError(t, err)
	require.NoError(t, w.flaps.Wait(t.Context(), app, m, "started", time.Second))
	time.Sleep(200 * time.Millisecond)
	require.Equal(t, "started", w.get(app, m.ID).State)
	require.NoError(t, w.flaps.ReleaseLease(t.Context(), app, m.ID, m.LeaseNonce))
	w.until("it rests", func() bool { return w.get(app, m.ID).State == "stopped" })
}

func TestNothingRestsThatIsNotToldTo(t *testing.T) {
	t.Parallel()
	w := open(t, flylocal.WithIdle(20*time.Millisecond))
	app := w.app("web")
	m := w.launch(app, web())
	time.Sleep(200 * time.Millisecond)
	require.Equal(t, "started", w.get(app, m.ID).State)
}
