package deploy

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// A lease lasts 13 seconds and is renewed every 4, as Fly's own client does it: a process that dies
// frees what it held within that time.
const (
	leaseTTL     = 13 * time.Second
	leaseRenewal = 4 * time.Second
	leaseWait    = 18 * time.Second // longer than one TTL: a dead holder is outlived
)

// leases are the machines a run has reserved.
type leases struct {
	fly    Platform
	app    string
	mu     sync.Mutex
	nonces map[string]string
	lost   chan error
	stop   chan struct{}
	once   sync.Once
}

// hold reserves all machines, or none. It waits out a holder that died; one that lives is an error that
// names it, and nothing has been written by then.
func hold(ctx context.Context, platform Platform, app string, machines []string, say Progress) (*leases, error) {
	l := &leases{fly: platform, app: app, nonces: map[string]string{}, lost: make(chan error, 1), stop: make(chan struct{})}
	deadline := time.Now().Add(leaseWait)
	told := false
	for _, id := range machines {
		for {
			nonce, err := platform.Lease(ctx, app, id, leaseTTL, "")
			if err == nil {
				l.nonces[id] = nonce
				break
			}
			var busy interface{ Busy() bool }
			if !errors.As(err, &busy) || time.Now().After(deadline) {
				l.release()
				return nil, fmt.Errorf("reserve machines of %s: %w\nAnother deploy is at work, or one was killed less than %s ago: nothing was changed", app, err, leaseTTL)
			}
			if !told {
				say("waiting up to %s: %v", leaseWait, err)
				told = true
			}
			select {
			case <-ctx.Done():
				l.release()
				return nil, ctx.Err()
			case <-time.After(time.Second):
			}
			l.renew(ctx)
		}
	}
	go l.keep()
	return l, nil
}

// keep renews until release.
func (l *leases) keep() {
	tick := time.NewTicker(leaseRenewal)
	defer tick.Stop()
	for {
		select {
		case <-l.stop:
			return
		case <-tick.C:
			ctx, cancel := context.WithTimeout(context.Background(), leaseTTL-leaseRenewal)
			err := l.renew(ctx)
			cancel()
			if err != nil {
				l.lost <- err
				return
			}
		}
	}
}

func (l *leases) renew(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id, nonce := range l.nonces {
		next, err := l.fly.Lease(ctx, l.app, id, leaseTTL, nonce)
		if err != nil {
			return fmt.Errorf("keep machine %s reserved: %w", id, err)
		}
		l.nonces[id] = next
	}
	return nil
}

// guard ends the context when a lease is lost: somebody else may be at work on the machine by then.
func (l *leases) guard(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		select {
		case err := <-l.lost:
			cancel(err)
		case <-ctx.Done():
		}
	}()
	return ctx, func() { cancel(nil) }
}

func (l *leases) nonce(id string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.nonces[id]
}

func (l *leases) release() {
	l.once.Do(func() { close(l.stop) })
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	l.mu.Lock()
	defer l.mu.Unlock()
	for id, nonce := range l.nonces {
		// One that cannot be given back expires.
		_ = l.fly.Unlease(ctx, l.app, id, nonce)
	}
	l.nonces = map[string]string{}
}
