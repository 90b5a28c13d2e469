package deploy_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	gofly "github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/config/flytoml"
	"github.com/renewa/pipeline/ci/release/deploy"
	"github.com/renewa/pipeline/ci/release/image"
	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/scripted"
)

func (w *world) requestBy(strategy flytoml.Strategy, ref image.Ref) deploy.Request {
	w.Helper()
	r := w.request(ref)
	r.Config.Deploy.Strategy = strategy
	return r
}

func TestACanaryRunsBeforeAnyServingMachineIsTouchedAndIsDestroyed(t *testing.T) {
	w := open(t)
	v1, v2 := w.image(nil), w.image(nil)
	w.deploy(w.request(v1))
	tried := false
	w.wire.look = func() {
		for _, m := range w.app().Machines {
			if m.View().Metadata["fly_canary"] == "true" && m.State == "started" {
				tried = true
				require.Equal(t, v2.Digest(), m.Image.Digest)
				require.Equal(t, 1, w.countUpdated(v2.Digest()), "the others wait")
			}
		}
	}
	outcome := w.deploy(w.requestBy(flytoml.Canary, v2))
	w.wire.look = nil
	require.True(t, tried)
	require.Equal(t, "release 2, 2 machines updated", outcome.Report(w.request(v2), nil).Done)
	require.Eventually(t, func() bool { return len(w.machines()) == 2 }, patience, time.Millisecond)
	w.requireMachines(2, v2)
}

func TestAnUnhealthyCanaryLeavesTheServingMachinesUntouched(t *testing.T) {
	w := open(t)
	v1, bad := w.image(nil), w.image(afterRelease(scripted.Act{Ends: true, Code: 1, Output: []string{"no such table"}}))
	w.deploy(w.request(v1))
	before := instances(w, v1)
	_, err := w.try(w.requestBy(flytoml.Canary, bad))
	require.ErrorContains(t, err, "canary of group app failed: machine")
	require.ErrorContains(t, err, "no such table")
	require.ErrorContains(t, err, "The machines that this deploy had made were removed again: 1 machine.")
	require.Equal(t, before, instances(w, v1))
	require.Equal(t, []string{"complete", "failed"}, w.statuses())
	require.Eventually(t, func() bool { return len(w.machines()) == 2 }, patience, time.Millisecond)
}

func TestAFirstDeployNeedsNoCanary(t *testing.T) {
	w := open(t)
	v1 := w.image(nil)
	w.deploy(w.requestBy(flytoml.Canary, v1))
	require.Equal(t, 2, w.countMade())
	w.requireMachines(2, v1)
}

func TestGreenMachinesTakeOverTogetherAndTheBlueOnesAreDestroyed(t *testing.T) {
	w := open(t)
	v1, v2, v3 := w.image(nil), w.image(nil), w.image(nil)
	w.deploy(w.request(v1))
	w.wire.look = func() {
		blue, green, waiting := 0, 0, 0
		for _, m := range w.app().Machines {
			switch {
			case m.View().Env["RELEASE_COMMAND"] != "" || !m.Healthy() && !m.Cordoned:
			case m.Image.Digest == v1.Digest() && !m.Cordoned:
				blue++
			case m.Image.Digest == v2.Digest() && m.Cordoned:
				waiting++
			case m.Image.Digest == v2.Digest():
				green++
			}
		}
		require.True(t, blue == 2 || green == 2, "the version in the rotation is whole: %d blue, %d green, %d waiting", blue, green, waiting)
	}
	outcome := w.deploy(w.requestBy(flytoml.BlueGreen, v2))
	w.wire.look = nil
	require.Equal(t, "release 2, 2 machines created, 2 machines destroyed", outcome.Report(w.request(v2), nil).Done)
	require.Eventually(t, func() bool { return len(w.machines()) == 2 }, patience, time.Millisecond)
	for _, m := range w.requireMachines(2, v2) {
		require.False(t, w.app().Machines[m.ID].Cordoned)
	}
	require.True(t, w.plan(w.requestBy(flytoml.BlueGreen, v2)).Nothing())
	w.deploy(w.requestBy(flytoml.BlueGreen, v3))
	require.Eventually(t, func() bool { return len(w.machines()) == 2 }, patience, time.Millisecond)
	w.requireMachines(2, v3)
	w.deploy(w.request(v1)) // and back to rolling
	w.requireMachines(2, v1)
}

func TestUnhealthyGreenMachinesAreDestroyedAndTheBlueOnesUntouched(t *testing.T) {
	w := open(t)
	v1, bad := w.image(nil), w.image(afterRelease(sick))
	w.deploy(w.request(v1))
	before := instances(w, v1)
	r := w.requestBy(flytoml.BlueGreen, bad)
	r.Config.Deploy.WaitTimeout = 100 * time.Millisecond
	outcome, err := w.try(r)
	require.ErrorContains(t, err, "database is away")
	require.Contains(t, outcome.Report(r, err).Failure(), "; the previous image runs on 2 machines, 2 healthy\n")
	require.ErrorContains(t, err, "The machines that this deploy had made were removed again: 1 machine.")
	require.Equal(t, before, instances(w, v1))
	require.Eventually(t, func() bool { return len(w.machines()) == 2 }, patience, time.Millisecond)
	w.requireMachines(2, v1)
}

func TestBluegreenIsRefusedWithoutAnyCheckAndWithAVolume(t *testing.T) {
	for want, text := range map[string]string{
		"no group has a check, so nothing":       strings.Split(shop, "  [[http_service.checks]]")[0],
		"which no second machine can mount. Use": shop + "[[mounts]]\nsource = \"data\"\ndestination = \"/data\"\n",
	} {
		w := open(t)
		w.deploy(w.request(w.image(nil)))
		r := w.request(w.image(nil))
		r.Config = w.config(text)
		r.Config.Deploy.Strategy = flytoml.BlueGreen
		_, err := deploy.Make(t.Context(), w.client, r)
		require.ErrorContains(t, err, want)
	}
}

func TestAWorkerWithoutACheckMustStayUpInABluegreenDeploy(t *testing.T) {
	w := open(t)
	v1 := w.image(nil)
	bad := w.image(func(s cloud.Spec) scripted.Act {
		return scripted.Act{Ends: s.Env["FLY_PROCESS_GROUP"] == "worker", Code: 1, Output: []string{"no queue"}}
	})
	r := w.request(v1)
	r.Config = w.config(twoGroups + "[[http_service.checks]]\npath = \"/\"\n")
	w.deploy(r)
	before := instances(w, v1)
	r.Image, r.Config.Deploy.Strategy = bad, flytoml.BlueGreen
	_, err := w.try(r)
	require.ErrorContains(t, err, "no queue")
	require.ErrorContains(t, err, "The machines that this deploy had made were removed again: 3 machines.")
	require.Equal(t, before, instances(w, v1))
}

func TestGreenMachinesOfACompletedDeployAreNotLeftovers(t *testing.T) {
	w := open(t)
	v1, v2 := w.image(nil), w.image(nil)
	w.deploy(w.request(v1))
	w.deploy(w.requestBy(flytoml.BlueGreen, v2))
	config := *w.servingMachines()[0].Config
	config.Metadata = maps.Clone(config.Metadata)
	delete(config.Metadata, "pipeline_green")
	_, err := w.client.Launch(t.Context(), "shop", gofly.LaunchMachineInput{Config: &config})
	require.NoError(t, err)
	plan := w.plan(w.request(v2))
	require.Empty(t, plan.Forecast("Fly").Stale)
	require.True(t, plan.Nothing())
}

func TestALaunchWhoseAnswerIsLostMakesNoSecondMachineBesideTheOldOnes(t *testing.T) {
	for strategy, made := range map[flytoml.Strategy]int{flytoml.Canary: 3, flytoml.BlueGreen: 4} {
		for reason, fault := range faults {
			t.Run(string(strategy)+", "+reason, func(t *testing.T) {
				t.Parallel()
				w := open(t)
				v1, v2 := w.image(nil), w.image(nil)
				r := w.requestBy(strategy, v1)
				r.Config.Deploy.ReleaseCommand = ""
				w.deploy(r)
				r.Image = v2
				w.fault("POST /v1/apps/shop/machines", fault, 1)
				w.deploy(r)
				require.Eventually(t, func() bool { return len(w.machines()) == 2 }, patience, time.Millisecond)
				w.requireMachines(2, v2)
				require.Equal(t, made, w.countMade())
			})
		}
	}
}

func TestAVolumeWhoseAnswerIsLostIsMadeOnce(t *testing.T) {
	for reason, fault := range faults {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			w := open(t)
			w.fault("POST /v1/apps/shop/volumes", fault, 1)
			w.deploy(w.requestWithVolume(w.image(nil)))
			require.Len(t, w.volumes(), 1)
		})
	}
}
