package deploy_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	gofly "github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/release/deploy"
	"github.com/renewa/pipeline/flylocal/cloud"
)

// openReserved returns an app whose second machine somebody else has leased for ttl seconds, and a plan for it.
func openReserved(t *testing.T, ttl int) (*world, deploy.Plan) {
	w := open(t)
	w.deploy(w.request(w.image(nil)))
	plan := w.plan(w.request(w.image(nil)))
	_, err := w.fly.Cloud().AcquireLease(cloud.Key{App: "shop", Machine: w.servingMachines()[1].ID}, "", ttl, "ada@example.org", "")
	require.NoError(t, err)
	w.wire.writes()
	return w, plan
}

func TestALeaseOfSomebodyElseEndsTheDeployBeforeAnyWrite(t *testing.T) {
	w, plan := openReserved(t, 60)
	_, err := deploy.Apply(t.Context(), w.client, plan, w.say)
	require.ErrorContains(t, err, "is leased by ada@example.org until 20")
	require.ErrorContains(t, err, "Nothing was changed")
	tries := 0
	for _, line := range w.wire.writes() {
		require.True(t, strings.HasSuffix(line, "/lease"), line)
		if line == "POST /v1/apps/shop/machines/"+w.servingMachines()[1].ID+"/lease" {
			tries++
		}
	}
	require.Greater(t, tries, 1)
	require.LessOrEqual(t, tries, 23, "a thirteenth of a lease lies between two, and one and a half leases are waited for")
	for _, m := range w.app().Machines {
		require.True(t, m.Lease == nil || m.Lease.Owner == "ada@example.org", "the deploy gives its own leases back")
	}
	require.True(t, slices.ContainsFunc(w.lines, func(s string) bool { return strings.HasPrefix(s, "waiting up to") }))
}

func TestADeployWaitsForTheEndOfALease(t *testing.T) {
	w, plan := openReserved(t, 1)
	_, err := deploy.Apply(t.Context(), w.client, plan, w.say)
	require.NoError(t, err)
	w.requireMachines(2, plan.Image)
}

func TestAPlanIsMadeAgainAfterAnotherDeploy(t *testing.T) {
	w := open(t)
	v1, v2 := w.image(nil), w.image(nil)
	w.deploy(w.request(v1))
	late := w.plan(w.request(v2))
	w.deploy(w.request(v2))
	w.wire.writes()
	outcome, err := deploy.Apply(t.Context(), w.client, late, w.say)
	require.NoError(t, err)
	require.True(t, outcome.Nothing)
	for _, line := range w.wire.writes() {
		require.True(t, strings.HasSuffix(line, "/lease"), line)
	}
}

func TestAMachineThatWasDestroyedMeanwhileIsNotWaitedFor(t *testing.T) {
	w := open(t)
	v1, v2 := w.image(nil), w.image(nil)
	w.deploy(w.request(v1))
	plan := w.plan(w.request(v2))
	require.NoError(t, w.client.Destroy(t.Context(), "shop", w.servingMachines()[0].ID, ""))
	require.Eventually(t, func() bool { return len(w.servingMachines()) == 1 }, patience, time.Millisecond)
	_, err := deploy.Apply(t.Context(), w.client, plan, w.say)
	require.NoError(t, err)
	w.requireMachines(1, v2)
}

// After a failed renewal somebody else may change the machines, so the run stops with the reason.
func TestALeaseThatIsLostEndsTheDeploy(t *testing.T) {
	w := open(t)
	v1 := w.image(nil)
	w.deploy(w.request(v1))
	slow := w.image(afterRelease(sick))
	r := w.request(slow)
	r.Config.Deploy.WaitTimeout = time.Minute
	thief := &losing{Platform: w.client}
	_, err := deploy.Apply(t.Context(), thief, w.plan(r), w.say)
	require.ErrorContains(t, err, "the lease of machine ")
	require.ErrorContains(t, err, "leased by a thief")
	w.requireMachines(2, v1)
	require.Equal(t, "failed", w.statuses()[1], "nobody interrupted it")
}

// losing is a Fly that refuses renewals.
type losing struct{ deploy.Platform }

func (l *losing) Lease(ctx context.Context, app, id string, ttl time.Duration, nonce string) (string, error) {
	if nonce != "" {
		return "", held{}
	}
	return l.Platform.Lease(ctx, app, id, ttl, nonce)
}

type held struct{}

func (held) Error() string { return "machine is leased by a thief" }
func (held) Busy() bool    { return true }

func TestAMachineThatARunMakesIsReservedLikeTheOthers(t *testing.T) {
	w := open(t)
	v1 := w.image(nil)
	seen := false
	w.wire.look = func() {
		for _, m := range w.app().Machines {
			seen = seen || m.State == "started" && m.Lease != nil
		}
	}
	w.deploy(w.request(v1))
	w.wire.look = nil
	require.True(t, seen)
}

func TestAMachineThatAppearsDuringADeployIsNotIgnored(t *testing.T) {
	w := open(t)
	v1, v2 := w.image(nil), w.image(nil)
	w.deploy(w.request(v1))
	config := *w.servingMachines()[0].Config
	plan := w.plan(w.request(v2))
	other := w.dial(t.Context())
	added := false
	w.wire.look = func() {
		if !added && w.countUpdated(v2.Digest()) == 1 {
			added = true
			_, err := other.Launch(context.WithoutCancel(t.Context()), "shop", gofly.LaunchMachineInput{Config: &config})
			require.NoError(t, err)
		}
	}
	_, err := deploy.Apply(t.Context(), w.client, plan, w.say)
	require.ErrorContains(t, err, "appeared during this deploy")
}
