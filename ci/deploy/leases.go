package deploy

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/superfly/fly-go"
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

// hold reserves all machines, or none. It waits out a holder that died; one that lives is an error that
// names it, and nothing has been written by then. A machine that is gone needs no lease.
func hold(ctx context.Context, plan Plan, platform Platform, say Progress) (*leases, error) {
	l := &leases{fly: platform, app: plan.Config.App, pace: plan.pace, nonces: map[string]string{}}
	machines := byID(plan.serving, plan.left)
	if plan.lock != nil {
		l.lock = plan.lock.ID
		machines = append([]*fly.Machine{plan.lock}, machines...)
	}
	deadline := time.Now().Add(l.pace.outlive)
	told := false
	for _, m := range machines {
		for {
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

// renew makes every lease last longer. Fly is asked without the lock, so that nobody waits for its answer.
func (l *leases) renew(ctx context.Context) error {
	for id, nonce := range l.all() {
		next, err := l.fly.Lease(ctx, l.app, id, l.pace.lease, nonce)
		if l.fly.Absent(err) {
			l.forget(id)
			continue
		}
		if err != nil {
			return fmt.Errorf("keep machine %s reserved: %w", id, err)
		}
		l.mu.Lock()
		if _, held := l.nonces[id]; held {
			l.nonces[id] = next
		}
		l.mu.Unlock()
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
	for id, nonce := range l.all() {
		_ = l.fly.Unlease(ctx, l.app, id, nonce) // one that cannot be given back expires
		l.forget(id)
	}
}
