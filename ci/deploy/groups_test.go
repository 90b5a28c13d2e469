package deploy_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	gofly "github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/flylocal/cloud"
	"github.com/renewa/pipeline/ci/flylocal/scripted"
)

const twoGroups = `app = "shop"
primary_region = "fra"
[processes]
  app = "serve"
  worker = "work"
[http_service]
  internal_port = 8080
  processes = ["app"]
`

func TestAGroupThatServesGetsTwoMachinesAndOneThatDoesNotGetsOne(t *testing.T) {
	w := open(t)
	r := w.request(w.image(nil))
	r.Config = w.config(twoGroups)
	w.deploy(r)
	count := map[string]int{}
	for _, m := range w.runs(3, r.Image) {
		count[m.ProcessGroup()]++
	}
	require.Equal(t, map[string]int{"app": 2, "worker": 1}, count)
}

func TestTheMachinesOfAGroupThatIsGoneFromFlyTomlAreDestroyedLast(t *testing.T) {
	w := open(t)
	v1, v2 := w.image(nil), w.image(nil)
	r := w.request(v1)
	r.Config = w.config(twoGroups)
	w.deploy(r)
	r = w.request(v2)
	gone := ""
	for _, m := range w.serving() {
		if m.ProcessGroup() == "worker" {
			gone = m.ID
		}
	}
	w.wire.look = func() {
		if m := w.app().Machines[gone]; m.State == "destroying" {
			require.Equal(t, 2, w.updated(v2.Digest()), "the others are well by then")
		}
	}
	outcome := w.deploy(r)
	w.wire.look = nil
	require.Equal(t, "release 2, 2 machines updated, 1 machine destroyed", outcome.Report(r, nil).Done)
	require.Eventually(t, func() bool { return len(w.serving()) == 2 }, time.Second, time.Millisecond)
}

func TestAFailureLeavesTheMachinesOfAGroupThatIsGoneFromFlyToml(t *testing.T) {
	w := open(t)
	v1, bad := w.image(nil), w.image(serving(scripted.Act{Ends: true, Code: 1}))
	r := w.request(v1)
	r.Config = w.config(twoGroups)
	w.deploy(r)
	_, err := w.try(w.request(bad))
	require.Error(t, err)
	w.runs(3, v1)
}

func TestMachinesThatAreStoppedAreUpdatedAndStayStopped(t *testing.T) {
	w := open(t)
	v1, v2 := w.image(nil), w.image(nil)
	w.deploy(w.request(v1))
	stopped := w.serving()[0].ID
	require.NoError(t, w.fly.Cloud().Stop(cloud.Key{App: "shop", Machine: stopped}, "", cloud.Halt{}))
	require.Eventually(t, func() bool { return w.serving()[0].State == "stopped" }, time.Second, time.Millisecond)
	report := w.deploy(w.request(v2)).Report(w.request(v2), nil)
	require.Len(t, report.Machines, 2)
	require.Equal(t, 1, report.Healthy())
	require.Eventually(t, func() bool { // an update of a stopped machine is prepared, then comes to rest
		for _, m := range w.serving() {
			if (m.State == "stopped") != (m.ID == stopped) {
				return false
			}
		}
		return true
	}, time.Second, time.Millisecond)
	for _, m := range w.serving() {
		require.Equal(t, v2.Digest(), m.ImageRef.Digest)
	}
	require.True(t, w.plan(w.request(v2)).Nothing())
}

func TestAStandbyIsUpdatedAndStaysAStandby(t *testing.T) {
	w := open(t)
	v1, v2 := w.image(nil), w.image(nil)
	w.deploy(w.request(v1))
	first := w.serving()[0]
	config := *first.Config
	config.Standbys = []string{first.ID}
	standby, err := w.client.Launch(t.Context(), "shop", gofly.LaunchMachineInput{Config: &config, SkipLaunch: true})
	require.NoError(t, err)
	require.Eventually(t, func() bool { return w.app().Machines[standby.ID].State == "stopped" }, time.Second, time.Millisecond)
	w.deploy(w.request(v2))
	m, err := w.client.Machine(t.Context(), "shop", standby.ID)
	require.NoError(t, err)
	require.Equal(t, []string{first.ID}, m.Config.Standbys)
	require.Equal(t, v2.Digest(), m.ImageRef.Digest)
	require.Eventually(t, func() bool { return w.app().Machines[standby.ID].State == "stopped" }, time.Second, time.Millisecond)
}

func TestAMachineThatFlyPutsToSleepDuringADeployIsWell(t *testing.T) {
	w := open(t)
	v1, v2 := w.image(nil), w.image(nil)
	w.deploy(w.request(v1))
	slept := false
	w.wire.look = func() {
		for id, m := range w.app().Machines {
			if !slept && m.Image.Digest == v2.Digest() && m.State == "started" && m.Healthy() && m.View().Env["RELEASE_COMMAND"] == "" {
				slept = true
				_ = w.fly.Cloud().Stop(cloud.Key{App: "shop", Machine: id}, m.Lease.Nonce, cloud.Halt{})
			}
		}
	}
	w.deploy(w.request(v2))
	w.wire.look = nil
	require.True(t, slept)
}

func TestImmediateUpdatesAllAtOnceAndStillPutsBackWhatDoesNotComeUp(t *testing.T) {
	w := open(t)
	v1, bad := w.image(nil), w.image(serving(scripted.Act{Ends: true, Code: 1}))
	r := w.request(v1)
	r.Config.Deploy.Strategy = "immediate"
	w.deploy(r)
	r.Image = bad
	_, err := w.try(r)
	require.ErrorContains(t, err, "put back on 2 machines")
	w.runs(2, v1)
}

func TestAnAppThatWasScaledDownStaysAtThatNumber(t *testing.T) {
	w := open(t)
	v1, v2 := w.image(nil), w.image(nil)
	w.deploy(w.request(v1))
	require.NoError(t, w.client.Destroy(t.Context(), "shop", w.serving()[0].ID, ""))
	require.Eventually(t, func() bool { return len(w.serving()) == 1 }, time.Second, time.Millisecond)
	w.deploy(w.request(v2))
	w.runs(1, v2)
}

func TestAReleaseMachineOfAKilledRunIsRemovedOnceItHasEnded(t *testing.T) {
	for reason, act := range map[string]scripted.Act{
		"it still runs for a while": {Ends: true, After: 100 * time.Millisecond},
		"it does not end at all":    {},
	} {
		t.Run(reason, func(t *testing.T) {
			w := open(t)
			v1 := w.image(nil)
			w.deploy(w.request(v1))
			old := w.image(func(cloud.Spec) scripted.Act { return act })
			config := w.config(shop).WithImage(old.String()).ReleaseMachine()
			stale, err := w.client.Launch(t.Context(), "shop", gofly.LaunchMachineInput{Config: config})
			require.NoError(t, err)
			r := w.request(v1)
			r.Config.Deploy.ReleaseCommandTimeout = 300 * time.Millisecond
			w.deploy(r)
			require.Eventually(t, func() bool { return w.app().Machines[stale.ID].State == "destroyed" }, time.Second, time.Millisecond)
			w.runs(2, v1)
		})
	}
}
