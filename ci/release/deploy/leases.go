package deploy

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

// leases are the machines a run has reserved.
type leases struct {
	fly    Platform
	app    string
	pace   pace
	mu     sync.Mutex
	nonces map[string]string
	lock   string // the machine to take away at the end; empty for none

	stop context.CancelFunc // ends the renewals
	done chan struct{}      // closed when they have ended
}

// hold reserves all machines, or none: the first alone, for it is what two runs race for, then the others at
// once, and one by one those that somebody else still has. It waits out a holder that died; one that lives is an
// error that names it, and nothing has been written by then. A machine that is gone needs no lease.
func hold(ctx context.Context, plan Plan, platform Platform, say Progress) (*leases, error) {
	l := &leases{fly: platform, app: plan.Config.App, pace: plan.pace, nonces: map[string]string{}}
	machines := byID(plan.serving, plan.left)
	if plan.lock != nil {
		l.lock = plan.lock.ID
		machines = append([]*fly.Machine{plan.lock}, machines...)
	}
	deadline := time.Now().Add(l.pace.outlive)
	told := false
	for i, m := range machines {
		if i == 1 {
			l.addAll(ctx, machines[1:])
		}
		for l.nonce(m.ID) == "" {
			err := l.add(ctx, m.ID)
			if err == nil || platform.Absent(err) {
				break
			}
			var busy interface{ Busy() bool }
			if !errors.As(err, &busy) {
				l.release()
				return nil, fmt.Errorf("reserve machine %s of %s, nothing was changed: %w", m.ID, l.app, err)
			}
			if time.Now().After(deadline) {
				l.release()
				return nil, fmt.Errorf("reserve machines of %s: %w\nAnother deploy is at work, or one was killed less than %s ago. Nothing was changed: wait for it, and run this one again", l.app, err, l.pace.lease)
			}
			if !told {
				say("waiting up to %s: %v", l.pace.outlive, err)
				told = true
			}
			if err := l.pace.moment(ctx); err != nil {
				l.release()
				return nil, err
			}
			if err := l.renew(ctx); err != nil {
				l.release()
				return nil, err
			}
		}
	}
	return l, nil
}

// addAll reserves what it can. What it cannot is asked for again, and says why.
func (l *leases) addAll(ctx context.Context, machines []*fly.Machine) {
	_ = atOnce(machines, func(m *fly.Machine) error {
		_ = l.add(ctx, m.ID)
		return nil
	})
}

// add reserves one more machine.
func (l *leases) add(ctx context.Context, id string) error {
	nonce, err := l.fly.Lease(ctx, l.app, id, l.pace.lease, "")
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.nonces[id] = nonce
	return nil
}

// keep renews until release. The context it returns ends when a lease is lost: somebody else may be at
// work on the machine by then.
func (l *leases) keep(ctx context.Context) context.Context {
	ctx, lost := context.WithCancelCause(ctx)
	renewing, stop := context.WithCancel(context.WithoutCancel(ctx))
	l.stop, l.done = stop, make(chan struct{})
	go func() {
		defer close(l.done)
		defer lost(nil)
		tick := time.NewTicker(l.pace.renewal)
		defer tick.Stop()
		for {
			select {
			case <-renewing.Done():
				return
			case <-tick.C:
			}
			ctx, cancel := context.WithTimeout(renewing, l.pace.lease-l.pace.renewal)
			err := l.renew(ctx)
			cancel()
			if err != nil && renewing.Err() == nil {
				lost(err)
				return
			}
		}
	}()
	return ctx
}

// renew makes every lease last longer, many at once: however many there are, it must take less time than a
// lease lasts.
func (l *leases) renew(ctx context.Context) error {
	held := l.all()
	return atOnce(slices.Sorted(maps.Keys(held)), func(id string) error { return l.renewOne(ctx, id, held[id]) })
}

// renewOne asks Fly without the lock, so that nobody waits for its answer.
func (l *leases) renewOne(ctx context.Context, id, nonce string) error {
	next, err := l.fly.Lease(ctx, l.app, id, l.pace.lease, nonce)
	if l.fly.Absent(err) {
		l.forget(id)
		return nil
	}
	if err != nil {
		return fmt.Errorf("keep machine %s reserved: %w", id, err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, held := l.nonces[id]; held {
		l.nonces[id] = next
	}
	return nil
}

func (l *leases) all() map[string]string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.nonces)
}

func (l *leases) nonce(id string) string { return l.all()[id] }

// forget is for a machine that is gone.
func (l *leases) forget(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.nonces, id)
}

// release gives everything back, with a deadline of its own: the run may have ended because its was over.
// The renewals end first, or one of them could bring a lease back.
func (l *leases) release() {
	if l.stop != nil {
		l.stop()
		<-l.done
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	l.unlock(ctx, l.lock)
	held := l.all()
	_ = atOnce(slices.Collect(maps.Keys(held)), func(id string) error {
		_ = l.fly.Unlease(ctx, l.app, id, held[id]) // one that cannot be given back expires
		l.forget(id)
		return nil
	})
}

// atOnce does the same to all, so many at once that Fly is not in the way. It ends when all have ended.
func atOnce[T any](all []T, do func(T) error) error {
	var group errgroup.Group
	group.SetLimit(2 * most)
	for _, one := range all {
		group.Go(func() error { return do(one) })
	}
	return group.Wait()
}
