// Package lease reserves the machines of an app for one deploy.
//
// Every deploy leases all machines of the app in the same order, so the first lease locks the app. A lease names its
// holder, is renewed every 4 s and expires by itself. A deploy that is killed therefore blocks the next one for a few
// seconds only.
package lease

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/superfly/fly-go"
	"golang.org/x/sync/errgroup"
)

// Platform has the calls of Fly that a Set needs.
type Platform interface {
	Lease(ctx context.Context, app, id string, ttl time.Duration, nonce string) (string, error)
	Unlease(ctx context.Context, app, id, nonce string) error
	Destroy(ctx context.Context, app, id, nonce string) error
	Absent(err error) bool // Fly answered that the thing does not exist
}

// Pace has the durations of leases and waits.
type Pace struct {
	Lasts   time.Duration // duration of a lease; the leases of a killed deploy end after this time
	Renewal time.Duration // between two renewals
	Wait    time.Duration // longest wait of Hold for another holder; longer than Lasts
}

// Usual is the pace of a deploy.
var Usual = Pace{Lasts: 13 * time.Second, Renewal: 4 * time.Second, Wait: 18 * time.Second}

// Pause waits for the time between two attempts to get another holder's lease. The error is the cause of the
// context's end.
func (p Pace) Pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(p.Lasts / 13):
		return nil
	}
}

// Request lists the machines that a deploy wants to lease.
type Request struct {
	App      string
	Machines []*fly.Machine // in the order that all deploys of the app use
	Lock     *fly.Machine   // the lock of an app without machines, leased first and destroyed in the end; may be nil
	Pace     Pace
	Say      func(format string, args ...any)
}

// Set has the leases of one deploy.
type Set struct {
	Request
	fly Platform

	mu     sync.Mutex
	nonces map[string]string // by machine

	stop context.CancelFunc // ends the renewals
	done chan struct{}      // closed when the renewals have ended
}

// atOnce is the number of parallel requests.
const atOnce = 16

// Hold leases all machines or none. It leases the first machine alone, because competing deploys race for that lease.
// Hold waits for the end of a lease whose holder was killed. When a holder keeps renewing its lease, Hold returns an
// error that names the holder. A machine that no longer exists needs no lease.
func Hold(ctx context.Context, platform Platform, r Request) (*Set, error) {
	s := &Set{Request: r, fly: platform, nonces: map[string]string{}}
	machines := r.Machines
	if r.Lock != nil {
		machines = append([]*fly.Machine{r.Lock}, machines...)
	}
	wait := &waiting{Set: s, until: time.Now().Add(r.Pace.Wait)}
	for i, m := range machines {
		if i == 1 {
			s.addAll(ctx, machines[1:])
		}
		for s.Nonce(m.ID) == "" {
			err := s.Add(ctx, m.ID)
			if err == nil || platform.Absent(err) {
				break
			}
			if err := wait.after(ctx, m.ID, err); err != nil {
				s.GiveBack()
				return nil, err
			}
		}
	}
	return s, nil
}

// waiting is the wait of one Hold for another holder.
type waiting struct {
	*Set
	until     time.Time
	announced bool
}

// after pauses after a refusal and renews the leases that are already held. A refusal that does not end with time, or
// one after the longest wait, is an error.
func (w *waiting) after(ctx context.Context, id string, refusal error) error {
	var busy interface{ Busy() bool }
	if !errors.As(refusal, &busy) {
		return fmt.Errorf("machine %s of %s was not leased, nothing was changed: %w", id, w.App, refusal)
	}
	if time.Now().After(w.until) {
		return fmt.Errorf("the machines of %s were not leased: %w\nAnother deploy is running, or one was killed less than %s ago. Nothing was changed: wait for the other deploy, then run this one again", w.App, refusal, w.Pace.Lasts)
	}
	if !w.announced {
		w.Say("waiting up to %s: %v", w.Pace.Wait, refusal)
		w.announced = true
	}
	if err := w.Pace.Pause(ctx); err != nil {
		return err
	}
	return w.renew(ctx)
}

// addAll leases as many machines as possible. It ignores errors, because Hold tries the other machines again.
func (s *Set) addAll(ctx context.Context, machines []*fly.Machine) {
	_ = inParallel(machines, func(m *fly.Machine) error {
		_ = s.Add(ctx, m.ID)
		return nil
	})
}

// Add leases one more machine.
func (s *Set) Add(ctx context.Context, id string) error {
	nonce, err := s.fly.Lease(ctx, s.App, id, s.Pace.Lasts, "")
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.nonces[id] = nonce
	return nil
}

// KeepRenewed renews all leases until GiveBack. It returns a context that ends when a lease is lost, because another
// deploy may change the machine from then on.
func (s *Set) KeepRenewed(ctx context.Context) context.Context {
	ctx, lost := context.WithCancelCause(ctx)
	renewing, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop, s.done = stop, make(chan struct{})
	go func() {
		defer close(s.done)
		defer lost(nil)
		tick := time.NewTicker(s.Pace.Renewal)
		defer tick.Stop()
		for {
			select {
			case <-renewing.Done():
				return
			case <-tick.C:
			}
			ctx, cancel := context.WithTimeout(renewing, s.Pace.Lasts-s.Pace.Renewal)
			err := s.renew(ctx)
			cancel()
			if err != nil && renewing.Err() == nil {
				lost(err)
				return
			}
		}
	}()
	return ctx
}

// renew renews all leases in parallel, so that even many take less time than a lease lasts.
func (s *Set) renew(ctx context.Context) error {
	held := s.all()
	return inParallel(slices.Sorted(maps.Keys(held)), func(id string) error { return s.renewOne(ctx, id, held[id]) })
}

// renewOne renews one lease. It calls Fly without holding the mutex, so that no other goroutine waits for the answer.
func (s *Set) renewOne(ctx context.Context, id, nonce string) error {
	next, err := s.fly.Lease(ctx, s.App, id, s.Pace.Lasts, nonce)
	if s.fly.Absent(err) {
		s.Forget(id)
		return nil
	}
	if err != nil {
		return fmt.Errorf("the lease of machine %s was not renewed: %w", id, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, held := s.nonces[id]; held {
		s.nonces[id] = next
	}
	return nil
}

func (s *Set) all() map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.nonces)
}

// Nonce returns the nonce of a machine's lease, which each write to the machine must have; empty without a lease.
func (s *Set) Nonce(id string) string { return s.all()[id] }

// Empty reports whether no lease is held.
func (s *Set) Empty() bool { return len(s.all()) == 0 }

// Forget removes the lease of a machine that no longer exists.
func (s *Set) Forget(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.nonces, id)
}

// GiveBack ends the renewals, destroys the lock and gives all leases back. It has a timeout of its own, because the
// deploy's context may have ended. The renewals end first, because a late one would take a lease again.
func (s *Set) GiveBack() {
	if s.stop != nil {
		s.stop()
		<-s.done
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	s.destroyLock(ctx)
	held := s.all()
	_ = inParallel(slices.Collect(maps.Keys(held)), func(id string) error {
		_ = s.fly.Unlease(ctx, s.App, id, held[id]) // a lease that cannot be given back expires
		s.Forget(id)
		return nil
	})
}

// inParallel calls do for all elements, with at most atOnce calls at the same time because of Fly's rate limit. It waits
// for all calls and returns the first error.
func inParallel[T any](all []T, do func(T) error) error {
	var group errgroup.Group
	group.SetLimit(atOnce)
	for _, one := range all {
		group.Go(func() error { return do(one) })
	}
	return group.Wait()
}
