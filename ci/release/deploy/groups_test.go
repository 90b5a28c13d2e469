package deploy_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	gofly "github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/release/deploy"
	"github.com/renewa/pipeline/ci/release/image"
	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/scripted"
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

// byGroup counts the app's machines by process group.
func (w *world) byGroup() map[string]int {
	w.Helper()
	count := map[string]int{}
	for _, m := range w.servingMachines() {
		count[m.ProcessGroup()]++
	}
	return count
}

// requireStandby requires that one worker is up and another one is its standby, which it returns.
func (w *world) requireStandby() (standby *gofly.Machine) {
	w.Helper()
	up := ""
	for _, m := range w.servingMachines() {
		switch {
		case m.ProcessGroup() != "worker":
		case len(m.Config.Standbys) > 0:
			require.Nil(w, standby)
			standby = m
		default:
			require.Empty(w, up)
			require.Equal(w, "started", m.State)
			up = m.ID
		}
	}
	require.NotNil(w, standby)
	require.Equal(w, []string{up}, standby.Config.Standbys)
	require.Equal(w, up, standby.Config.Env["FLY_STANDBY_FOR"])
	require.Eventually(w, func() bool { return w.app().Machines[standby.ID].State == "stopped" }, patience, time.Millisecond)
	return standby
}

func TestAGroupWithAServiceGetsTwoMachinesAndAnotherGroupOneAndAStandby(t *testing.T) {
	w := open(t)
	r := w.request(w.image(nil))
	r.Config = w.config(twoGroups)
	w.deploy(r)
	require.Equal(t, map[string]int{"app": 2, "worker": 2}, w.byGroup())
	w.requireStandby()
	require.True(t, w.plan(r).Nothing())
	r.Image = w.image(nil)
	w.deploy(r)
	require.Equal(t, map[string]int{"app": 2, "worker": 2}, w.byGroup())
	w.requireStandby()
	require.True(t, w.plan(r).Nothing(), "the standby has the new version and waits")
}

func TestAStandbyWaitsForTheMachineThatReplacesItsOwn(t *testing.T) {
	w := open(t)
	r := w.request(w.image(nil))
	r.Config = w.config(twoGroups + "[[http_service.checks]]\npath = \"/\"\n")
	w.deploy(r)
	before := w.requireStandby()
	r.Image, r.Config.Deploy.Strategy = w.image(nil), "bluegreen"
	w.deploy(r)
	require.Eventually(t, func() bool { return len(w.servingMachines()) == 4 }, patience, time.Millisecond)
	after := w.requireStandby()
	require.Equal(t, before.ID, after.ID, "it is updated: nobody asks it anything")
	require.NotEqual(t, before.Config.Standbys, after.Config.Standbys)
	require.True(t, w.plan(r).Nothing())

	require.NoError(t, w.client.Destroy(t.Context(), "shop", after.Config.Standbys[0], ""))
	clone := *after.Config
	clone.Standbys = nil
	_, err := w.client.Launch(t.Context(), "shop", gofly.LaunchMachineInput{Config: &clone})
	require.NoError(t, err)
	w.deploy(r)
	w.requireStandby()
}

func TestAGroupGetsTheNumberOfMachinesInPipelineToml(t *testing.T) {
	w := open(t)
	r := w.request(w.image(nil))
	r.Config, r.Count = w.config(twoGroups), map[string]int{"app": 3, "worker": 2}
	w.deploy(r)
	require.Equal(t, map[string]int{"app": 3, "worker": 2}, w.byGroup())
	r.Count = map[string]int{"app": 1}
	require.True(t, w.plan(r).Nothing(), "existing groups keep their number")
	r.Count = map[string]int{"wroker": 1}
	_, err := deploy.Make(t.Context(), w.client, r)
	require.ErrorContains(t, err, `unknown process group "wroker"`)
	require.ErrorContains(t, err, `"worker"`)
}

func TestOneMachineMeansNoStandby(t *testing.T) {
	w := open(t)
	r := w.request(w.image(nil))
	r.Config, r.Machines = w.config(twoGroups), 1
	w.deploy(r)
	require.Equal(t, map[string]int{"app": 1, "worker": 1}, w.byGroup())
}

// requestWithVolume returns a request for an app with a volume.
func (w *world) requestWithVolume(ref image.Ref) deploy.Request {
	w.Helper()
	r := w.request(ref)
	r.Config = w.config(shop + "[[mounts]]\nsource = \"data\"\ndestination = \"/data\"\ninitial_size = 3\n")
	return r
}

func (w *world) volumes() []gofly.Volume {
	w.Helper()
	all, err := w.client.Volumes(w.Context(), "shop")
	require.NoError(w, err)
	return all
}

func TestANewMachineGetsAnUnattachedVolumeOrANewOne(t *testing.T) {
	w := open(t)
	r := w.requestWithVolume(w.image(nil))
	elsewhere, err := w.client.CreateVolume(t.Context(), "shop", "data", "ams", 1)
	require.NoError(t, err)
	w.deploy(r)
	all := w.servingMachines()
	require.Len(t, all, 1, "only one can have it")
	made := all[0].Config.Mounts[0].Volume
	require.NotEqual(t, elsewhere.ID, made, "it is in another region")
	require.Len(t, w.volumes(), 2)
	for _, v := range w.volumes() {
		require.Equal(t, v.ID == made, v.IsAttached())
		require.Equal(t, map[bool]int{true: 3, false: 1}[v.ID == made], v.SizeGb)
	}
	require.NoError(t, w.client.Destroy(t.Context(), "shop", all[0].ID, ""))
	require.Eventually(t, func() bool { return len(w.servingMachines()) == 0 }, patience, time.Millisecond)
	w.deploy(r)
	require.Equal(t, made, w.servingMachines()[0].Config.Mounts[0].Volume, "the data is there again")
}

func TestAMachineWhoseHostIsFullIsReplacedByOneElsewhere(t *testing.T) {
	w := open(t)
	v1, v2 := w.image(nil), w.image(nil)
	w.deploy(w.request(v1))
	full := w.servingMachines()[0].ID
	w.fault("POST /v1/apps/shop/machines/"+full, map[string]any{"kind": "no-memory"}, 1000)
	w.wire.look = func() {
		up := 0
		for _, m := range w.app().Machines {
			if m.Healthy() && m.View().Env["RELEASE_COMMAND"] == "" {
				up++
			}
		}
		require.GreaterOrEqual(t, up, 1)
	}
	outcome := w.deploy(w.request(v2))
	w.wire.look = nil
	require.Equal(t, 2, outcome.Report(w.request(v2), nil).Healthy())
	require.Eventually(t, func() bool { return len(w.servingMachines()) == 2 }, patience, time.Millisecond)
	for _, m := range w.requireMachines(2, v2) {
		require.NotEqual(t, full, m.ID)
	}
}

func TestAMachineWithAVolumeIsNotMovedOffAFullHost(t *testing.T) {
	w := open(t)
	v1, v2 := w.image(nil), w.image(nil)
	w.deploy(w.requestWithVolume(v1))
	w.fault("POST /v1/apps/shop/machines/"+w.servingMachines()[0].ID, map[string]any{"kind": "no-memory"}, 1000)
	_, err := w.try(w.requestWithVolume(v2))
	require.ErrorContains(t, err, "could not reserve resource for machine")
	require.ErrorContains(t, err, "The volume of the machine ties it to that host: wait until the host has space, or move the volume")
	require.ErrorContains(t, err, "No machine was changed.")
	w.requireMachines(1, v1)
	require.Len(t, w.volumes(), 1)
}

const shopWithMachineChecks = shop + `
[[http_service.machine_checks]]
  command = ["/app/smoke"]
`

// smokes returns the script of an image whose machine checks end with a code.
func smokes(code int) func(cloud.Spec) scripted.Act {
	return func(s cloud.Spec) scripted.Act {
		switch {
		case s.Env["FLY_TEST_COMMAND"] == "1":
			return scripted.Act{Ends: true, Code: code, Output: []string{"asking " + s.Env["FLY_TEST_MACHINE_IP"]}}
		case s.Env["RELEASE_COMMAND"] != "":
			return scripted.Act{Ends: true}
		}
		return scripted.Act{}
	}
}

func TestMachineChecksTestAMachineBeforeTheNextIsTouched(t *testing.T) {
	w := open(t)
	v1, good, bad := w.image(nil), w.image(smokes(0)), w.image(smokes(4))
	w.deploy(w.request(v1))
	r := w.request(good)
	r.Config = w.config(shopWithMachineChecks)
	w.deploy(r)
	w.requireMachines(2, good)
	require.Eventually(t, func() bool { return len(w.machines()) == 2 }, patience, time.Millisecond)
	r.Image = bad
	_, err := w.try(r)
	require.ErrorContains(t, err, "failed with exit code 4")
	require.ErrorContains(t, err, "asking fdaa:")
	require.ErrorContains(t, err, "The previous version was put back on 1 machine")
	require.Eventually(t, func() bool { return len(w.machines()) == 2 }, patience, time.Millisecond)
	w.requireMachines(2, good)
}

func TestTheMachinesOfAGroupThatIsGoneFromFlyTomlAreDestroyedLast(t *testing.T) {
	w := open(t)
	v1, v2 := w.image(nil), w.image(nil)
	r := w.request(v1)
	r.Config, r.Count = w.config(twoGroups), map[string]int{"worker": 1}
	w.deploy(r)
	r = w.request(v2)
	gone := ""
	for _, m := range w.servingMachines() {
		if m.ProcessGroup() == "worker" {
			gone = m.ID
		}
	}
	w.wire.look = func() {
		if m := w.app().Machines[gone]; m.State == "destroying" {
			require.Equal(t, 2, w.countUpdated(v2.Digest()), "the others are well by then")
		}
	}
	outcome := w.deploy(r)
	w.wire.look = nil
	require.Equal(t, "release 2, 2 machines updated, 1 machine destroyed", outcome.Report(r, nil).Done)
	require.Eventually(t, func() bool { return len(w.servingMachines()) == 2 }, patience, time.Millisecond)
}

func TestAFailureLeavesTheMachinesOfAGroupThatIsGoneFromFlyToml(t *testing.T) {
	w := open(t)
	v1, bad := w.image(nil), w.image(afterRelease(scripted.Act{Ends: true, Code: 1}))
	r := w.request(v1)
	r.Config, r.Count = w.config(twoGroups), map[string]int{"worker": 1}
	w.deploy(r)
	_, err := w.try(w.request(bad))
	require.Error(t, err)
	w.requireMachines(3, v1)
}

func TestMachinesThatAreStoppedAreUpdatedAndStayStopped(t *testing.T) {
	w := open(t)
	v1, v2 := w.image(nil), w.image(nil)
	w.deploy(w.request(v1))
	stopped := w.servingMachines()[0].ID
	require.NoError(t, w.fly.Cloud().Stop(cloud.Key{App: "shop", Machine: stopped}, "", cloud.Halt{}))
	require.Eventually(t, func() bool { return w.servingMachines()[0].State == "stopped" }, patience, time.Millisecond)
	report := w.deploy(w.request(v2)).Report(w.request(v2), nil)
	require.Len(t, report.Machines, 2)
	require.Equal(t, 1, report.Healthy())
	require.Eventually(t, func() bool { // Fly first prepares the update of a stopped machine, then stops it
		for _, m := range w.servingMachines() {
			if (m.State == "stopped") != (m.ID == stopped) {
				return false
			}
		}
		return true
	}, patience, time.Millisecond)
	for _, m := range w.servingMachines() {
		require.Equal(t, v2.Digest(), m.ImageRef.Digest)
	}
	require.True(t, w.plan(w.request(v2)).Nothing())
}

func TestAStandbyIsUpdatedAndStaysAStandby(t *testing.T) {
	w := open(t)
	v1, v2 := w.image(nil), w.image(nil)
	w.deploy(w.request(v1))
	first := w.servingMachines()[0]
	config := *first.Config
	config.Standbys = []string{first.ID}
	standby, err := w.client.Launch(t.Context(), "shop", gofly.LaunchMachineInput{Config: &config, SkipLaunch: true})
	require.NoError(t, err)
	require.Eventually(t, func() bool { return w.app().Machines[standby.ID].State == "stopped" }, patience, time.Millisecond)
	w.deploy(w.request(v2))
	m, err := w.client.Machine(t.Context(), "shop", standby.ID)
	require.NoError(t, err)
	require.Equal(t, []string{first.ID}, m.Config.Standbys)
	require.Equal(t, v2.Digest(), m.ImageRef.Digest)
	require.Eventually(t, func() bool { return w.app().Machines[standby.ID].State == "stopped" }, patience, time.Millisecond)
}

func TestAMachineThatFlyPutsToSleepDuringADeployIsHealthy(t *testing.T) {
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

func TestImmediateUpdatesAllAtOnceAndPutsThePreviousVersionBack(t *testing.T) {
	w := open(t)
	v1, bad := w.image(nil), w.image(afterRelease(scripted.Act{Ends: true, Code: 1}))
	r := w.request(v1)
	r.Config.Deploy.Strategy = "immediate"
	w.deploy(r)
	r.Image = bad
	_, err := w.try(r)
	require.ErrorContains(t, err, "put back on 2 machines")
	w.requireMachines(2, v1)
}

func TestAnAppThatWasScaledDownStaysAtThatNumber(t *testing.T) {
	w := open(t)
	v1, v2 := w.image(nil), w.image(nil)
	w.deploy(w.request(v1))
	require.NoError(t, w.client.Destroy(t.Context(), "shop", w.servingMachines()[0].ID, ""))
	require.Eventually(t, func() bool { return len(w.servingMachines()) == 1 }, patience, time.Millisecond)
	w.deploy(w.request(v2))
	w.requireMachines(1, v2)
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
			require.Eventually(t, func() bool { return w.app().Machines[stale.ID].State == "destroyed" }, patience, time.Millisecond)
			w.requireMachines(2, v1)
		})
	}
}
