package deploy_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	gofly "github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/release/deploy"
	"github.com/renewa/pipeline/ci/release/image"
	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/scripted"
)

// race runs several deploys at the same time, each with a client of its own, which wait for each other as long as real
// ones do.
func (w *world) race(refs ...image.Ref) []error {
	w.Helper()
	requests := make([]deploy.Request, len(refs))
	for i, ref := range refs {
		requests[i] = w.request(ref)
	}
	errs, _ := w.meet(deploy.WithLongLeases, requests...)
	return errs
}

// meet runs several deploys at the same time at a given pace. It returns their errors and the wires with their requests.
func (w *world) meet(pace func(deploy.Plan) deploy.Plan, requests ...deploy.Request) ([]error, []*wire) {
	w.Helper()
	errs, wires := make([]error, len(requests)), make([]*wire, len(requests))
	plans := make([]deploy.Plan, len(requests))
	for i, r := range requests {
		plans[i] = pace(w.plan(r))
		wires[i] = &wire{next: w.fly.Transport()}
	}
	var all sync.WaitGroup
	for i, plan := range plans {
		c := w.dialBy(w.Context(), wires[i]).WithHolder(fmt.Sprintf("deploy %d", i))
		all.Go(func() { _, errs[i] = deploy.Apply(w.Context(), c, plan, w.say) })
	}
	all.Wait()
	return errs, wires
}

// requireWinner requires that the app has the machines of exactly one of the deploys and no others, and that every failed
// deploy names the other one.
func (w *world) requireWinner(refs []image.Ref, errs []error) {
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
	for range unlessShort(20, 3) {
		w := open(t)
		refs := []image.Ref{w.image(nil), w.image(nil)}
		w.requireWinner(refs, w.race(refs...))
	}
}

func TestOfTwoDeploysAtOnceTheAppGetsTheVersionOfOne(t *testing.T) {
	for range unlessShort(10, 3) {
		w := open(t)
		w.deploy(w.request(w.image(nil)))
		refs := []image.Ref{w.image(nil), w.image(nil)}
		w.requireWinner(refs, w.race(refs...))
	}
}

const unhurried = 400 * time.Millisecond // longer than an impatient deploy waits

// migrates is the script of an image with a slow release command.
func migrates(s cloud.Spec) scripted.Act {
	if s.Env["RELEASE_COMMAND"] != "" {
		return scripted.Act{Ends: true, After: unhurried}
	}
	return scripted.Act{}
}

// warmsUp returns the script of an image that becomes healthy slowly after slow is set. A rollback, which runs no release
// command, takes long with such an image.
func warmsUp(slow *atomic.Bool) func(cloud.Spec) scripted.Act {
	return func(s cloud.Spec) scripted.Act {
		if s.Env["RELEASE_COMMAND"] != "" || !slow.Load() {
			return scripted.Plain(s)
		}
		well := time.Now().Add(unhurried)
		return scripted.Act{Serves: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if time.Now().Before(well) {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
		})}
	}
}

func TestOfTwoDeploysAtOnceOneSucceedsAndTheOtherNamesItAndWritesNothing(t *testing.T) {
	for reason, requests := range map[string]func(*world) []deploy.Request{
		"two first deploys": func(w *world) []deploy.Request {
			return []deploy.Request{w.request(w.image(migrates)), w.request(w.image(migrates))}
		},
		"two deploys": func(w *world) []deploy.Request {
			w.deploy(w.request(w.image(nil)))
			return []deploy.Request{w.request(w.image(migrates)), w.request(w.image(migrates))}
		},
		"a deploy and a rollback": func(w *world) []deploy.Request {
			var now atomic.Bool
			old := w.request(w.image(warmsUp(&now)))
			w.deploy(old)
			w.deploy(w.request(w.image(nil)))
			now.Store(true)
			old.Back = true
			return []deploy.Request{old, w.request(w.image(migrates))}
		},
	} {
		t.Run(reason, func(t *testing.T) {
			for range unlessShort(4, 1) {
				t.Run("", func(t *testing.T) {
					t.Parallel()
					w := open(t)
					asked := requests(w)
					errs, wires := w.meet(deploy.WithShortWait, asked...)
					loser := slices.IndexFunc(errs, func(err error) bool { return err != nil })
					require.GreaterOrEqual(t, loser, 0, "both won")
					require.NoError(t, errs[1-loser])
					require.Regexp(t, fmt.Sprintf(`leased by \S+ until \S+ \(deploy %d\)`, 1-loser), errs[loser].Error())
					require.ErrorContains(t, errs[loser], "Nothing was changed")
					w.requireMachines(2, asked[1-loser].Image)
					require.Equal(t, 2, w.countMade(), "never two machines for one")
					for _, line := range wires[loser].writes() {
						require.Regexp(t, `/lease$|^POST /v1/apps/shop/machines$`, line, "a lease, and the lock where there is no machine yet")
					}
				})
			}
		})
	}
}

func TestASecondFirstDeployNamesTheHolderAndWritesNothing(t *testing.T) {
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
	w.requireMachines(2, ref)
}

func TestWhereFlyRefusesALockTheFirstDeployGoesOnAndReportsIt(t *testing.T) {
	w := open(t)
	w.fault("POST /v1/apps/shop/machines", map[string]any{"status": 403}, 1)
	w.deploy(w.request(w.image(nil)))
	require.True(t, slices.ContainsFunc(w.lines, func(s string) bool {
		return strings.HasPrefix(s, "no lock: Fly refused the machine that keeps a second first deploy of shop away")
	}))
}
