package deploy_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/config/secret"
	"github.com/renewa/pipeline/ci/release/deploy"
	"github.com/renewa/pipeline/ci/release/image"
)

// killHalfway applies a request and kills the process as soon as the first machine is updated.
func killHalfway(w *world, r deploy.Request) {
	w.Helper()
	plan := w.plan(r)
	ctx, cancel := context.WithCancel(w.Context())
	dead := false
	w.wire.cut = func(_ int, _ *http.Request) (before, after bool) {
		if !dead && w.countUpdated(r.Image.Digest()) == 1 {
			dead = true
			cancel()
		}
		return dead, dead
	}
	_, err := deploy.Apply(ctx, w.client, plan, w.say)
	require.Error(w, err)
	w.wire.cut = nil
	w.fly.Cloud().Expire()
	w.wire.writes()
}

func instances(w *world, ref image.Ref) map[string]string {
	all := map[string]string{}
	for _, m := range w.servingMachines() {
		if m.ImageRef.Digest == ref.Digest() {
			all[m.ID] = m.InstanceID
		}
	}
	return all
}

func TestTheNextRunContinuesAKilledOne(t *testing.T) {
	w := open(t)
	v1, v2 := w.image(nil), w.image(nil)
	w.deploy(w.request(v1))
	r := w.request(v2)
	r.Secrets = given.With("JWT_SECRET", secret.NewValue("another-jwt-secret"))
	killHalfway(w, r)
	done := instances(w, v2)
	require.Len(t, done, 1)
	outcome := w.deploy(r)
	require.Equal(t, "release 3, 1 machine updated, 1 machine kept", outcome.Report(r, nil).Done, "Fly holds the secrets already")
	for id, instance := range done {
		require.Equal(t, instance, instances(w, v2)[id], "an updated machine is not updated again")
	}
	w.requireMachines(2, v2)
}

func TestNoOtherMachineIsTouchedWhileOneThatAKilledRunUpdatedIsUnhealthy(t *testing.T) {
	w := open(t)
	v1, bad := w.image(nil), w.image(afterRelease(sick))
	w.deploy(w.request(v1))
	r := w.request(bad)
	killHalfway(w, r)
	old := instances(w, v1)
	require.Len(t, old, 1)
	r.Config.Deploy.WaitTimeout = 200 * time.Millisecond
	_, err := w.try(r)
	require.ErrorContains(t, err, "database is away")
	require.ErrorContains(t, err, "No machine was changed.")
	require.Equal(t, old, instances(w, v1), "the old version still serves")
	w.deploy(w.request(v1))
	w.requireMachines(2, v1)
}
