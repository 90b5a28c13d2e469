package deploy_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/config/secret"
	"github.com/renewa/pipeline/ci/release/deploy/machine"
)

func TestAFirstDeployMakesTheMachines(t *testing.T) {
	w := open(t)
	v1 := w.image(nil)
	outcome := w.deploy(w.request(v1))
	all := w.requireMachines(2, v1)
	for _, m := range all {
		require.Equal(t, "blue", m.Config.Env["COLOUR"])
		require.Equal(t, "1", m.GetMetadataByKey("fly_release_version"))
		require.True(t, machine.Healthy(m))
	}
	require.Equal(t, []string{"complete"}, w.statuses())
	require.Equal(t, v1.String(), w.app().Releases[0].Image)
	require.JSONEq(t, `{"app":"shop"}`, string(w.app().Releases[0].Definition))
	require.Equal(t, 1, outcome.Release)
	require.Equal(t, "release 1, 2 secrets staged, 2 machines created", outcome.Report(w.request(v1), nil).Done)
	for _, m := range w.app().Machines {
		require.True(t, m.Lease == nil || m.Name == "pipeline-lock", "nothing is held in the end")
	}
}

func TestTheReleaseCommandRunsBeforeAnyMachineWithImageAndSecretsOfTheRelease(t *testing.T) {
	w := open(t)
	v1 := w.image(nil)
	w.deploy(w.request(v1))
	started := w.fly.Scripted().Started()
	require.Len(t, started, 3)
	require.Equal(t, []string{"/app/migrate", "apply"}, started[0].Cmd)
	require.Equal(t, "1", started[0].Env["RELEASE_COMMAND"])
	for _, s := range started {
		require.Equal(t, v1.Digest(), s.Image.Digest)
		require.Equal(t, "planted-jwt-secret", s.Env["JWT_SECRET"])
	}
}

func TestASecondDeployOfTheSameWritesNothing(t *testing.T) {
	w := open(t)
	v1 := w.image(nil)
	w.deploy(w.request(v1))
	w.wire.writes()
	outcome := w.deploy(w.request(v1))
	require.Empty(t, w.wire.writes())
	require.True(t, outcome.Nothing)
	report := outcome.Report(w.request(v1), nil)
	require.Equal(t, "nothing changed: no secret written, no machine touched, no release command run", report.Done)
	require.Equal(t, 2, report.Healthy())
	require.Equal(t, []string{"complete"}, w.statuses())
}

func TestAPlanTouchesNothing(t *testing.T) {
	w := open(t)
	v1 := w.image(nil)
	w.wire.writes()
	plan := w.plan(w.request(v1))
	require.Empty(t, w.wire.writes())
	require.False(t, plan.Nothing())
	require.True(t, plan.Release)
	w.deploy(w.request(v1))
	again := w.plan(w.request(v1))
	require.True(t, again.Nothing())
	require.False(t, again.Release, "without a change there is nothing to migrate to")
}

func TestANewImageRollsTheFirstMachineAloneThenTheRest(t *testing.T) {
	w := open(t)
	v1, v2 := w.image(nil), w.image(nil)
	r := w.request(v1)
	r.Machines = 5
	w.deploy(r)
	busy, most := 0, 0
	w.wire.look = func() {
		down := 0
		for _, m := range w.app().Machines {
			if !strings.HasPrefix(m.State, "destroy") && m.View().Env["RELEASE_COMMAND"] == "" && m.State != "started" {
				down++
			}
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.countUpdated(v2.Digest()) == 1 && down > 0 {
			busy = max(busy, down)
		}
		most = max(most, down)
	}
	r.Image = v2
	w.deploy(r)
	w.wire.look = nil
	w.requireMachines(5, v2)
	require.LessOrEqual(t, busy, 1, "the first goes alone")
	require.LessOrEqual(t, most, 2, "a third of five, rounded up, at once")
	require.Equal(t, []string{"complete", "complete"}, w.statuses())
}

// countUpdated counts machines that have an image.
func (w *world) countUpdated(digest string) (n int) {
	app, _ := w.fly.Cloud().App("shop")
	for _, m := range app.Machines {
		if m.Image.Digest == digest && m.View().Env["RELEASE_COMMAND"] == "" {
			n++
		}
	}
	return n
}

func TestChangedSecretsAreWrittenOnceAndReachEveryMachine(t *testing.T) {
	w := open(t)
	v1 := w.image(nil)
	w.deploy(w.request(v1))
	w.wire.writes()
	r := w.request(v1)
	r.Secrets = given.With("JWT_SECRET", secret.NewValue("another-jwt-secret"))
	outcome := w.deploy(r)
	written := 0
	for _, line := range w.wire.writes() {
		if line == "POST /v1/apps/shop/secrets" {
			written++
		}
	}
	require.Equal(t, 1, written)
	require.Len(t, outcome.Secrets, 2)
	started := w.fly.Scripted().Started()[3:]
	require.Len(t, started, 3, "the release command and two machines")
	for _, s := range started {
		require.Equal(t, "another-jwt-secret", s.Env["JWT_SECRET"])
	}
	for _, m := range w.requireMachines(2, v1) {
		require.Equal(t, "2", m.GetMetadataByKey("pipeline_secrets_version"))
	}
	require.True(t, w.plan(r).Nothing())
}

func TestASecretThatSomebodyChangedOnFlyIsNoticed(t *testing.T) {
	w := open(t)
	v1 := w.image(nil)
	w.deploy(w.request(v1))
	other := "by hand"
	_, err := w.fly.Cloud().SetSecrets("shop", map[string]*string{"JWT_SECRET": &other})
	require.NoError(t, err)
	require.False(t, w.plan(w.request(v1)).Nothing())
	w.deploy(w.request(v1))
	require.Equal(t, "planted-jwt-secret", w.app().Secrets.Values["JWT_SECRET"].Value)
	w.requireMachines(2, v1)
}

func TestSecretsThatNobodyDeclaredAreLeftAlone(t *testing.T) {
	w := open(t)
	v1 := w.image(nil)
	mine := "not yours"
	_, err := w.fly.Cloud().SetSecrets("shop", map[string]*string{"BY_HAND": &mine})
	require.NoError(t, err)
	plan := w.plan(w.request(v1))
	require.Equal(t, []string{"BY_HAND"}, plan.SecretsDifference().Undeclared)
	w.deploy(w.request(v1))
	require.Equal(t, "not yours", w.app().Secrets.Values["BY_HAND"].Value)
	require.True(t, w.plan(w.request(v1)).Nothing())
}

func TestNoSecretStandsInAMachinesConfiguration(t *testing.T) {
	w := open(t)
	w.deploy(w.request(w.image(nil)))
	for _, m := range w.app().Machines {
		for _, v := range given.All() {
			require.NotContains(t, string(m.Config), v.Reveal())
		}
	}
}
