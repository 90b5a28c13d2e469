package lease_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	gofly "github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/release/deploy/lease"
)

// leases is a Fly whose leases expire by the clock of the test.
type leases struct {
	mu       sync.Mutex
	expires  map[string]time.Time
	holder   map[string]string // nonce by machine
	renewals int
	nonces   int
}

type busy struct{ error }

func (busy) Busy() bool { return true }

var errAbsent = errors.New("no such machine")

func (l *leases) Lease(_ context.Context, _, id string, ttl time.Duration, nonce string) (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case id == "gone":
		return "", errAbsent
	case time.Now().Before(l.expires[id]) && l.holder[id] != nonce:
		return "", busy{fmt.Errorf("machine %s is leased by ada", id)}
	case nonce != "":
		l.renewals++
	}
	l.nonces++
	l.expires[id], l.holder[id] = time.Now().Add(ttl), fmt.Sprint("n", l.nonces)
	return l.holder[id], nil
}

func (l *leases) Unlease(_ context.Context, _, id, _ string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.expires, id)
	return nil
}

func (l *leases) Destroy(ctx context.Context, app, id, nonce string) error {
	return l.Unlease(ctx, app, id, nonce)
}

func (l *leases) Absent(err error) bool { return errors.Is(err, errAbsent) }

func (l *leases) held() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.expires)
}

func request(ids ...string) lease.Request {
	r := lease.Request{App: "shop", Pace: lease.Usual, Say: func(string, ...any) {}}
	for _, id := range ids {
		r.Machines = append(r.Machines, &gofly.Machine{ID: id})
	}
	return r
}

func newLeases() *leases {
	return &leases{expires: map[string]time.Time{}, holder: map[string]string{}}
}

func TestALeaseIsRenewedUntilItIsGivenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fly := newLeases()
		set, err := lease.Hold(t.Context(), fly, request("a", "b"))
		require.NoError(t, err)
		ctx := set.KeepRenewed(t.Context())
		time.Sleep(41 * time.Second)
		require.NoError(t, ctx.Err())
		require.Equal(t, 20, fly.renewals, "two leases, every 4 s")
		set.GiveBack()
		require.Zero(t, fly.held())
		time.Sleep(time.Minute)
		require.Equal(t, 20, fly.renewals)
	})
}

func TestALeaseOfADeployThatWasKilledIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fly := newLeases()
		_, err := fly.Lease(t.Context(), "shop", "b", lease.Usual.Lasts, "")
		require.NoError(t, err)
		lines := []string{}
		r := request("a", "b", "gone")
		r.Say = func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
		set, err := lease.Hold(t.Context(), fly, r)
		require.NoError(t, err)
		require.NotEmpty(t, set.Nonce("b"))
		require.Empty(t, set.Nonce("gone"))
		require.Equal(t, []string{"waiting up to 18s: machine b is leased by ada"}, lines)
	})
}

func TestALeaseThatItsHolderKeepsIsAnErrorAndTheOthersAreGivenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fly := newLeases()
		_, err := fly.Lease(t.Context(), "shop", "b", time.Hour, "")
		require.NoError(t, err)
		_, err = lease.Hold(t.Context(), fly, request("a", "b"))
		require.ErrorContains(t, err, "machine b is leased by ada")
		require.ErrorContains(t, err, "Nothing was changed")
		require.Equal(t, 1, fly.held())
	})
}

func TestALostLeaseEndsTheContextWithTheReason(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fly := newLeases()
		set, err := lease.Hold(t.Context(), fly, request("a"))
		require.NoError(t, err)
		ctx := set.KeepRenewed(t.Context())
		fly.mu.Lock()
		fly.holder["a"] = "of a thief"
		fly.mu.Unlock()
		<-ctx.Done()
		require.True(t, strings.HasPrefix(context.Cause(ctx).Error(), "the lease of machine a was not renewed: machine a is leased by ada"), "%v", context.Cause(ctx))
		set.GiveBack()
	})
}
