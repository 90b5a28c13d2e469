package deploy_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	gofly "github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/deploy"
	"github.com/renewa/pipeline/ci/image"
)

// race lets two people deploy an image each at the same moment. Each waits as long as a real one does.
func (w *world) race(refs ...image.Ref) []error {
	w.Helper()
	plans := make([]deploy.Plan, len(refs))
	for i, ref := range refs {
		plans[i] = w.plan(w.request(ref))
	}
	errs := make([]error, len(refs))
	var all sync.WaitGroup
	for i, plan := range plans {
		c := w.dial(w.Context()).WithHolder(fmt.Sprintf("deploy %d", i))
		all.Go(func() { _, errs[i] = deploy.Apply(w.Context(), c, plan, w.say) })
	}
	all.Wait()
	return errs
}

// wonBy requires that the app is whole: the machines of one of the racers and of nobody else, nothing left over.
func (w *world) wonBy(refs []image.Ref, errs []error) {
	w.Helper()
	all := w.machines()
	require.Len(w, all, 2, "errors: %v", errs)
	digest := all[0].ImageRef.Digest
	for _, m := range all {
		require.Equal(w, digest, m.ImageRef.Digest)
	}
	winner := slices.IndexFunc(refs, func(r image.Ref) bool { return r.Digest() == digest })
	require.GreaterOrEqual(w, winner, 0)
	require.NoError(w, errs[winner])
	for i, err := range errs {
		if err != nil {
			require.Regexp(w, fmt.Sprintf(`leased by \S+ until \S+ \(deploy %d\)`, 1-i), err.Error())
		}
	}
}

func TestOfTwoFirstDeploysAtOnceTheAppGetsTheMachinesOfOne(t *testing.T) {
	for range 20 {
		w := open(t)
		refs := []image.Ref{w.image(nil), w.image(nil)}
		w.wonBy(refs, w.race(refs...))
	}
}

func TestOfTwoDeploysAtOnceTheAppGetsTheVersionOfOne(t *testing.T) {
	for range 10 {
		w := open(t)
		w.deploy(w.request(w.image(nil)))
		refs := []image.Ref{w.image(nil), w.image(nil)}
		w.wonBy(refs, w.race(refs...))
	}
}

func TestASecondFirstDeployIsToldWhoIsAtWorkAndWritesNothing(t *testing.T) {
	w := open(t)
	ref := w.image(nil)
	lock, err := w.client.Launch(t.Context(), "shop", gofly.LaunchMachineInput{Name: "pipeline-lock", SkipLaunch: true, Config: &gofly.MachineConfig{Image: ref.String()}})
	require.NoError(t, err)
	_, err = w.client.WithHolder("deploy to development since 10:42:07").Lease(t.Context(), "shop", lock.ID, time.Minute, "")
	require.NoError(t, err)
	w.wire.writes()
	_, err = w.try(w.request(ref))
	require.ErrorContains(t, err, "(deploy to development since 10:42:07)")
	require.ErrorContains(t, err, "Nothing was changed")
	for _, line := range w.wire.writes() {
		require.True(t, strings.HasSuffix(line, "/lease"), line)
	}
}

func TestTheLockOfAFirstDeployThatWasKilledIsTakenOverAndRemoved(t *testing.T) {
	w := open(t)
	ref := w.image(nil)
	lock, err := w.client.Launch(t.Context(), "shop", gofly.LaunchMachineInput{Name: "pipeline-lock", SkipLaunch: true, Config: &gofly.MachineConfig{Image: ref.String()}})
	require.NoError(t, err)
	_, err = w.client.Lease(t.Context(), "shop", lock.ID, time.Second, "")
	require.NoError(t, err)
	w.deploy(w.request(ref))
	require.Len(t, w.machines(), 2)
	w.runs(2, ref)
}

func TestWhereFlyRefusesALockTheFirstDeployGoesOnAndSaysSo(t *testing.T) {
	w := open(t)
	w.fault("POST /v1/apps/shop/machines", map[string]any{"status": 403}, 1)
	w.deploy(w.request(w.image(nil)))
	require.True(t, slices.ContainsFunc(w.said, func(s string) bool {
		return strings.HasPrefix(s, "nothing keeps a second first deploy of shop away")
	}))
}
