package flylocal_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	fly "github.com/superfly/fly-go"

	"github.com/renewa/pipeline/flylocal"
	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/scripted"
)

func TestAMachineStartsAndBecomesHealthy(t *testing.T) {
	w := open(t)
	app := w.app("web")
	m, err := w.flaps.Launch(t.Context(), app, fly.LaunchMachineInput{Config: web(), Region: "fra"})
	require.NoError(t, err)
	require.Equal(t, "created", m.State)
	require.Len(t, m.ID, 14)
	require.Len(t, m.InstanceID, 26)
	require.NoError(t, w.flaps.Wait(t.Context(), app, m, "started", patience))
	w.until("its check passes", func() bool {
		m := w.get(app, m.ID)
		return len(m.Checks) == 1 && m.Checks[0].Status == fly.Passing
	})
	m = w.get(app, m.ID)
	require.Equal(t, "servicecheck-00-http-8080", m.Checks[0].Name)
	require.Equal(t, fly.HostStatusOk, m.HostStatus)
	require.NotEmpty(t, m.ImageRef.Digest)
	require.Equal(t, "start", m.Events[0].Type)
	require.Equal(t, "launch", m.Events[len(m.Events)-1].Type)
	_, err = m.MostRecentStartTimeAfterLaunch()
	require.NoError(t, err)
}

// The order and the states are those flyctl goes by: it waits for stopped after skip_launch, and reads the
// exit event of a machine that is destroyed already.
func TestAReleaseCommandTellsItsExitCodeAfterItIsGone(t *testing.T) {
	for reason, code := range map[string]int{"it succeeded": 0, "it failed": 3} {
		t.Run(reason, func(t *testing.T) {
			seen := make(chan struct{})
			w := open(t, flylocal.WithScript(func(cloud.Spec) scripted.Act {
				return scripted.Act{Ends: true, Until: seen, Code: code, Output: []string{"migrating"}}
			}))
			app := w.app("web")
			m, err := w.flaps.Launch(t.Context(), app, fly.LaunchMachineInput{SkipLaunch: true, Config: &fly.MachineConfig{
				Image: "postgres:17", AutoDestroy: true, Restart: &fly.MachineRestart{Policy: fly.MachineRestartPolicyNo},
				Init: fly.MachineInit{Cmd: []string{"/app/migrate", "apply"}}, DNS: &fly.DNSConfig{SkipRegistration: true},
				Metadata: map[string]string{"fly_process_group": "fly_app_release_command", "fly_platform_version": "v2"},
			}})
			require.NoError(t, err)
			require.NoError(t, w.flaps.Wait(t.Context(), app, m, "stopped", patience))
			_, err = w.flaps.Start(t.Context(), app, m.ID, "")
			require.NoError(t, err)
			require.NoError(t, w.flaps.Wait(t.Context(), app, m, "started", patience))
			close(seen)
			require.NoError(t, w.flaps.Wait(t.Context(), app, m, "destroyed", patience))
			gone := w.get(app, m.ID)
			exit := gone.GetLatestEventOfTypeAfterType("exit", "start")
			require.NotNil(t, exit)
			got, err := exit.Request.GetExitCode()
			require.NoError(t, err)
			require.Equal(t, code, got)
			require.NoError(t, w.flaps.Wait(t.Context(), app, gone, "destroyed", patience), "again, at once")
			all, err := w.flaps.List(t.Context(), app, "")
			require.NoError(t, err)
			require.Empty(t, all)
			fly.SetBaseURL(base)
			lines, _, err := w.gql.GetAppLogs(t.Context(), app, "", "", m.ID)
			require.NoError(t, err)
			require.Equal(t, "migrating", lines[0].Message)
		})
	}
}

func TestAnUpdateReplacesTheProcessAndItsVersion(t *testing.T) {
	w := open(t)
	app := w.app("web")
	old := w.launch(app, web())
	cfg := web()
	cfg.Image, cfg.Env = "postgres:18", map[string]string{"A": "1"}
	m, err := w.flaps.Update(t.Context(), app, fly.LaunchMachineInput{ID: old.ID, Config: cfg}, "")
	require.NoError(t, err)
	require.NotEqual(t, old.InstanceID, m.InstanceID)
	require.Equal(t, "replacing", m.State)
	require.NoError(t, w.flaps.Wait(t.Context(), app, m, "started", patience))
	require.Equal(t, scripted.Digest("postgres:18"), w.get(app, m.ID).ImageRef.Digest)
	require.ErrorContains(t, w.flaps.Wait(t.Context(), app, old, "started", patience), "was replaced")
	runs := w.fly.Scripted().Started()
	require.Len(t, runs, 2)
	require.Equal(t, "1", runs[1].Env["A"])
	require.Equal(t, app, runs[1].Env["FLY_APP_NAME"])
	exit := w.get(app, m.ID).GetLatestEventOfType("exit")
	require.True(t, exit.Request.ExitEvent.RequestedStop)
}

func TestAnUpdateWithSkipLaunchLeavesTheMachineStopped(t *testing.T) {
	w := open(t)
	app := w.app("web")
	m := w.launch(app, web())
	m, err := w.flaps.Update(t.Context(), app, fly.LaunchMachineInput{ID: m.ID, Config: web(), SkipLaunch: true}, "")
	require.NoError(t, err)
	require.NoError(t, w.flaps.Wait(t.Context(), app, m, "stopped", patience))
	require.Len(t, w.fly.Scripted().Started(), 1)
}

func TestStoppingTwiceIsNoError(t *testing.T) {
	w := open(t)
	app := w.app("web")
	m := w.launch(app, web())
	for range 2 {
		require.NoError(t, w.flaps.Stop(t.Context(), app, fly.StopMachineInput{ID: m.ID}, ""))
		require.NoError(t, w.flaps.Wait(t.Context(), app, m, "stopped", patience))
	}
	started, err := w.flaps.Start(t.Context(), app, m.ID, "")
	require.NoError(t, err)
	require.Equal(t, "stopped", started.PreviousState)
	require.NoError(t, w.flaps.Wait(t.Context(), app, m, "started", patience))
	require.NoError(t, w.flaps.Restart(t.Context(), app, fly.RestartMachineInput{ID: m.ID}, ""))
	require.NoError(t, w.flaps.Wait(t.Context(), app, m, "started", patience))
	require.Len(t, w.fly.Scripted().Started(), 3)
	require.NoError(t, w.flaps.Suspend(t.Context(), app, m.ID, ""))
	require.NoError(t, w.flaps.Wait(t.Context(), app, m, "suspended", patience))
	_, err = w.flaps.Start(t.Context(), app, m.ID, "")
	require.NoError(t, err)
	require.NoError(t, w.flaps.Wait(t.Context(), app, m, "started", patience))
	require.Len(t, w.fly.Scripted().Started(), 3, "a suspended machine goes on")
}

func TestADeafProcessIsKilledWhenItsTimeIsOver(t *testing.T) {
	w := open(t, flylocal.WithScript(func(cloud.Spec) scripted.Act { return scripted.Act{Deaf: true} }))
	app := w.app("web")
	cfg := web()
	cfg.StopConfig = &fly.StopConfig{Timeout: &fly.Duration{Duration: 20 * time.Millisecond}}
	m := w.launch(app, cfg)
	require.NoError(t, w.flaps.Stop(t.Context(), app, fly.StopMachineInput{ID: m.ID}, ""))
	require.NoError(t, w.flaps.Wait(t.Context(), app, m, "stopped", patience))
	exit := w.get(app, m.ID).GetLatestEventOfType("exit").Request.ExitEvent
	require.Equal(t, 137, exit.ExitCode)
	require.Equal(t, 9, exit.GuestSignal)
}

func TestAProcessThatCrashesIsStartedAgain(t *testing.T) {
	for reason, c := range map[string]struct {
		policy *fly.MachineRestart
		code   int
		starts int
	}{
		"on failure, as often as allowed": {&fly.MachineRestart{Policy: fly.MachineRestartPolicyOnFailure, MaxRetries: 3}, 1, 4},
		"on failure, ten times":           {nil, 1, 11},
		"not after success":               {nil, 0, 1},
		"never":                           {&fly.MachineRestart{Policy: fly.MachineRestartPolicyNo}, 1, 1},
	} {
		t.Run(reason, func(t *testing.T) {
			w := open(t, flylocal.WithBackoff(time.Microsecond), flylocal.WithScript(func(cloud.Spec) scripted.Act {
				return scripted.Act{Ends: true, Code: c.code, OOM: c.code != 0}
			}))
			app := w.app("web")
			cfg := web()
			cfg.Restart = c.policy
			m, err := w.flaps.Launch(t.Context(), app, fly.LaunchMachineInput{Config: cfg})
			require.NoError(t, err)
			w.until("it gives up", func() bool {
				m := w.get(app, m.ID)
				e := m.GetLatestEventOfType("exit")
				return m.State == "stopped" && e != nil && !e.Request.ExitEvent.Restarting
			})
			require.Len(t, w.fly.Scripted().Started(), c.starts)
			exit := w.get(app, m.ID).GetLatestEventOfType("exit").Request.ExitEvent
			require.Equal(t, c.code != 0, exit.OOMKilled)
		})
	}
}

func TestDestroyingARunningMachineTakesForce(t *testing.T) {
	w := open(t)
	app := w.app("web")
	m := w.launch(app, web())
	err := w.flaps.Destroy(t.Context(), app, fly.RemoveMachineInput{ID: m.ID}, "")
	require.ErrorContains(t, err, "is started")
	require.NoError(t, w.flaps.Destroy(t.Context(), app, fly.RemoveMachineInput{ID: m.ID, Kill: true}, "nonce-of-before"))
	require.NoError(t, w.flaps.Wait(t.Context(), app, m, "destroyed", patience))
	require.Equal(t, "destroyed", w.get(app, m.ID).State)
	require.ErrorContains(t, w.flaps.Wait(t.Context(), app, m, "started", patience), "machine not found")
	_, err = w.flaps.Get(t.Context(), app, "00000000000000")
	require.ErrorContains(t, err, "machine not found")
}

func TestWaitingEnds(t *testing.T) {
	t.Parallel()
	w := open(t)
	app := w.app("web")
	m := w.launch(app, web())
	err := w.flaps.Wait(t.Context(), app, m, "stopped", time.Second)
	require.ErrorContains(t, err, "machine failed to reach desired state")
	require.ErrorContains(t, w.flaps.Wait(t.Context(), app, m, "happy", patience), "cannot wait for state")
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	require.Error(t, w.flaps.Wait(ctx, app, m, "stopped", time.Minute), "a client that leaves is let go")
}

// flyctl waits so after `machine update`, and reads the state itself.
func TestAMachineHasSettledInAnyStateInWhichItStays(t *testing.T) {
	t.Parallel()
	w := open(t, flylocal.WithScript(func(s cloud.Spec) scripted.Act { return scripted.Act{Ends: s.Env["ENDS"] != ""} }))
	app := w.app("web")
	m := w.launch(app, web())
	require.NoError(t, w.flaps.Wait(t.Context(), app, m, "settled", patience))
	cfg := web()
	cfg.Env = map[string]string{"ENDS": "1"}
	m, err := w.flaps.Update(t.Context(), app, fly.LaunchMachineInput{ID: m.ID, Config: cfg}, "")
	require.NoError(t, err)
	require.NoError(t, w.flaps.Wait(t.Context(), app, m, "settled", patience))
	require.NotEqual(t, "replacing", w.get(app, m.ID).State)
	require.NoError(t, w.flaps.Destroy(t.Context(), app, fly.RemoveMachineInput{ID: m.ID, Kill: true}, ""))
	require.NoError(t, w.flaps.Wait(t.Context(), app, m, "settled", patience))
	require.Equal(t, "destroyed", w.get(app, m.ID).State)
}

// Clients of today name several states, and the version by another word than fly-go's of then.
func TestSeveralStatesAreWaitedForAtOnce(t *testing.T) {
	t.Parallel()
	w := open(t)
	m := w.launch(w.app("web"), web())
	wait := "/v1/apps/web/machines/" + m.ID + "/wait?timeout=1&state=stopped"
	for query, want := range map[string]int{
		"&state=started":                                    http.StatusOK,
		"&state=started&version=" + m.InstanceID:            http.StatusOK,
		"&state=suspended":                                  http.StatusRequestTimeout,
		"&state=started&version=01AAAAAAAAAAAAAAAAAAAAAAAA": http.StatusBadRequest,
		"&state=happy":                                      http.StatusBadRequest,
	} {
		status, body := w.do("GET", wait+query, w.fly.OrgToken(), nil)
		require.Equal(t, want, status, "%s: %s", query, body)
	}
}

func TestExecRunsInsideTheMachine(t *testing.T) {
	w := open(t)
	app := w.app("web")
	m := w.launch(app, web())
	out, err := w.flaps.Exec(t.Context(), app, m.ID, &fly.MachineExecRequest{Cmd: "echo 'a b' c"})
	require.NoError(t, err)
	require.Equal(t, "a b c\n", out.StdOut)
	out, err = w.flaps.Exec(t.Context(), app, m.ID, &fly.MachineExecRequest{Cmd: "false"})
	require.NoError(t, err)
	require.EqualValues(t, 1, out.ExitCode)
	ps, err := w.flaps.GetProcesses(t.Context(), app, m.ID)
	require.NoError(t, err)
	require.Len(t, ps, 1)
}
