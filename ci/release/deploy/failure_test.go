package deploy_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	gofly "github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/release/deploy"
	"github.com/renewa/pipeline/ci/release/deploy/machine"
	"github.com/renewa/pipeline/ci/release/deploy/watch"
	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/scripted"
)

// failsToMigrate is the script of an image whose release command fails.
func failsToMigrate(s cloud.Spec) scripted.Act {
	if s.Env["RELEASE_COMMAND"] != "" {
		return scripted.Act{Ends: true, Code: 7, Output: []string{"migration 3: syntax error", "url is " + s.Env["DATABASE_URL"]}}
	}
	return scripted.Act{}
}

// afterRelease returns the script of an image whose release command succeeds and whose other machines act as given.
func afterRelease(act scripted.Act) func(cloud.Spec) scripted.Act {
	return func(s cloud.Spec) scripted.Act {
		if s.Env["RELEASE_COMMAND"] != "" {
			return scripted.Act{Ends: true}
		}
		return act
	}
}

var sick = scripted.Act{Output: []string{"no database"}, Serves: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
	http.Error(w, "database is away", http.StatusServiceUnavailable)
})}

func TestAFailedReleaseCommandLeavesTheOldMachinesUntouched(t *testing.T) {
	w := open(t)
	v1, bad := w.image(nil), w.image(failsToMigrate)
	w.deploy(w.request(v1))
	before := w.servingMachines()
	_, err := w.try(w.request(bad))
	var failed *deploy.ReleaseError
	require.ErrorAs(t, err, &failed)
	require.Equal(t, 7, failed.ExitCode)
	require.ErrorContains(t, err, "exit code 7")
	require.ErrorContains(t, err, "migration 3: syntax error")
	require.ErrorContains(t, err, "url is ***", "the configuration that the program printed stays in its log")
	require.NotContains(t, err.Error(), "hunter2")
	for i, m := range w.requireMachines(2, v1) {
		require.Equal(t, before[i].InstanceID, m.InstanceID)
	}
	require.Equal(t, []string{"complete", "failed"}, w.statuses())
}

func TestAReleaseCommandThatTakesTooLongIsStopped(t *testing.T) {
	w := open(t)
	hangs := w.image(func(cloud.Spec) scripted.Act { return scripted.Act{Output: []string{"waiting for a lock"}} })
	r := w.request(hangs)
	r.Config.Deploy.ReleaseCommandTimeout = 50 * time.Millisecond
	_, err := w.try(r)
	require.ErrorContains(t, err, "release_command_timeout is 50ms")
	require.ErrorContains(t, err, "waiting for a lock")
	require.Eventually(t, func() bool { return len(w.machines()) == 0 }, patience, time.Millisecond)
}

func TestAfterAnUnhealthyImageEveryMachineGetsItsPreviousConfiguration(t *testing.T) {
	w := open(t)
	v1, bad := w.image(nil), w.image(afterRelease(sick))
	w.deploy(w.request(v1))
	before := w.servingMachines()
	r := w.request(bad)
	r.Config = w.config(shop + "\n[[vm]]\nmemory = \"512mb\"\n[metrics]\nport = 9\npath = \"/m\"\n")
	r.Config.Deploy.WaitTimeout = 300 * time.Millisecond
	_, err := w.try(r)
	var unhealthy *watch.UnhealthyError
	require.ErrorAs(t, err, &unhealthy)
	require.ErrorContains(t, err, "database is away")
	require.ErrorContains(t, err, "no database", "its last lines")
	require.ErrorContains(t, err, "The previous version was put back on 1 machine.")
	for i, m := range w.requireMachines(2, v1) {
		require.Equal(t, before[i].Config, m.Config, "image, environment, size, metadata")
		require.True(t, machine.Healthy(m), "the deploy waits for the previous version")
	}
	require.Equal(t, []string{"complete", "failed"}, w.statuses())
	require.True(t, w.plan(w.request(v1)).Nothing(), "all is as it was")
}

func TestAfterAFailureOnTheSecondMachineBothGetThePreviousImage(t *testing.T) {
	w := open(t)
	v1 := w.image(nil)
	w.deploy(w.request(v1))
	second := w.servingMachines()[1].ID
	bad := w.image(func(s cloud.Spec) scripted.Act {
		if s.Machine == second {
			return scripted.Act{Ends: true, Code: 1}
		}
		return scripted.Plain(s)
	})
	_, err := w.try(w.request(bad))
	require.ErrorContains(t, err, "The previous version was put back on 2 machines.")
	w.requireMachines(2, v1)
}

func TestAFailedFirstDeployLeavesNoMachineBehind(t *testing.T) {
	w := open(t)
	bad := w.image(afterRelease(sick))
	r := w.request(bad)
	r.Config.Deploy.WaitTimeout = 200 * time.Millisecond
	_, err := w.try(r)
	require.ErrorContains(t, err, "The machines that this deploy had made were removed again: 1 machine.")
	require.Eventually(t, func() bool { return len(w.machines()) == 0 }, patience, time.Millisecond)
	require.Equal(t, []string{"failed"}, w.statuses())
}

func TestAMachineThatDoesNotStayUpFailsAtOnce(t *testing.T) {
	for reason, c := range map[string]struct {
		act  scripted.Act
		more string
		want string
	}{
		"it crashes again and again":           {scripted.Act{Ends: true, Code: 3}, "", "keeps crashing: exit code 3"},
		"it ends and is not started again":     {scripted.Act{Ends: true, Code: 3}, "[[restart]]\npolicy = \"never\"\n", "exited with code 3"},
		"it ends well, and should serve":       {scripted.Act{Ends: true}, "", "exited with code 0"},
		"it runs out of memory":                {scripted.Act{Ends: true, Code: 137, OOM: true}, "", "ran out of memory"},
		"it has no check and crashes a second": {scripted.Act{Ends: true, Code: 3, After: 5 * time.Millisecond}, "without checks", "keeps crashing"},
	} {
		t.Run(reason, func(t *testing.T) {
			w := open(t)
			c.act.Output = []string{"last words"}
			r := w.request(w.image(afterRelease(c.act)))
			if c.more == "without checks" {
				r.Config = w.config("app = \"shop\"\n[http_service]\ninternal_port = 8080\n")
			} else {
				r.Config = w.config(shop + c.more)
			}
			r.Config.Deploy.WaitTimeout = time.Hour
			_, err := w.try(r)
			require.ErrorContains(t, err, c.want)
			require.ErrorContains(t, err, "last words")
			require.Less(t, len(w.wire.log), 1000, "requests: it does not poll for an hour")
		})
	}
}

func TestAnUpdateThatFlyRevertsSilentlyIsAnError(t *testing.T) {
	w := open(t)
	v1, v2 := w.image(nil), w.image(nil)
	w.deploy(w.request(v1))
	require.NoError(t, w.fly.Cloud().Provoke(cloud.Revert, "shop", 1))
	before := len(w.app().Machines[w.servingMachines()[0].ID].Earlier)
	_, err := w.try(w.request(v2))
	require.ErrorContains(t, err, "No machine was changed.")
	require.Equal(t, before+1, len(w.app().Machines[w.servingMachines()[0].ID].Earlier), "a machine that is back already is not updated again")
	require.ErrorContains(t, err, "did not keep it")
	w.requireMachines(2, v1)
}

func TestTheLogOfAFailureIsThatOfTheNewVersionWithEqualLinesCounted(t *testing.T) {
	w := open(t)
	w.deploy(w.request(w.image(afterRelease(scripted.Act{Output: []string{"the old version starts", "the old version serves"}}))))
	_, err := w.try(w.request(w.image(afterRelease(scripted.Act{Ends: true, Code: 3, Output: []string{"no route to the database"}}))))
	require.ErrorContains(t, err, "keeps crashing")
	require.NotContains(t, err.Error(), "the old version")
	require.Regexp(t, `no route to the database \(\d times\)`, err.Error())
}

// The crashes of the previous version must not count as crashes of the new one.
func TestAnImageThatFixesACrashingOneIsDeployed(t *testing.T) {
	w := open(t)
	v1, v2 := w.image(nil), w.image(nil)
	w.deploy(w.request(v1))
	require.NoError(t, w.fly.Cloud().Provoke(cloud.Crash, "shop", 6))
	for _, m := range w.servingMachines() {
		require.NoError(t, w.fly.Cloud().Restart(cloud.Key{App: "shop", Machine: m.ID}, "", cloud.Halt{}))
	}
	require.Eventually(t, func() bool {
		for _, m := range w.servingMachines() {
			if e := m.GetLatestEventOfType("exit"); e == nil || e.Request.RestartCount < 2 || m.State != "started" {
				return false
			}
		}
		return true
	}, patience, time.Millisecond)
	w.deploy(w.request(v2))
	w.requireMachines(2, v2)
}

func TestAMachineThatCrashedForGoodIsStartedAgainByTheNextDeploy(t *testing.T) {
	w := open(t)
	v1 := w.image(nil)
	r := w.request(v1)
	r.Config = w.config(shop + "[[restart]]\npolicy = \"never\"\n")
	w.deploy(r)
	require.NoError(t, w.fly.Cloud().Provoke(cloud.Crash, "shop", 1))
	first := w.servingMachines()[0].ID
	require.NoError(t, w.fly.Cloud().Restart(cloud.Key{App: "shop", Machine: first}, "", cloud.Halt{}))
	require.Eventually(t, func() bool { return w.servingMachines()[0].State == "stopped" }, patience, time.Millisecond)
	w.deploy(r)
	w.requireMachines(2, v1)
}

func TestAnInterruptedDeployIsUndoneAndMarkedInterrupted(t *testing.T) {
	w := open(t)
	v1, v2 := w.image(nil), w.image(nil)
	w.deploy(w.request(v1))
	plan := w.plan(w.request(v2))
	ctx, cancel := context.WithCancel(t.Context())
	w.wire.look = func() {
		if w.countUpdated(v2.Digest()) > 0 {
			cancel()
		}
	}
	_, err := deploy.Apply(ctx, w.client, plan, w.say)
	w.wire.look = nil
	require.ErrorIs(t, err, context.Canceled)
	require.NotContains(t, err.Error(), "not healthy after", "it is not the machine's fault")
	w.requireMachines(2, v1)
	require.Equal(t, []string{"complete", "interrupted"}, w.statuses())
	for _, m := range w.app().Machines {
		require.Nil(t, m.Lease, "leases are given back although the context has ended")
	}
}

func TestAMachineWhoseHostIsUnreachableIsAnErrorAndNotTouched(t *testing.T) {
	w := open(t)
	v1 := w.image(nil)
	w.deploy(w.request(v1))
	_, err := deploy.Make(t.Context(), away{w.client}, w.request(v1))
	require.ErrorContains(t, err, "Fly's host that runs it is unreachable")
}

// away is a Fly with one unreachable host.
type away struct{ deploy.Platform }

func (a away) Machines(ctx context.Context, app string) ([]*gofly.Machine, error) {
	all, err := a.Platform.Machines(ctx, app)
	all[0].HostStatus, all[0].IncompleteConfig, all[0].Config = gofly.HostStatusUnreachable, all[0].Config, nil
	return all, err
}
