package cloud

import (
	"context"
	"sync/atomic"
	"time"
)

// keeper holds one machine to what is wanted of it. It alone starts and ends the machine's process,
// one step at a time, each step decided from the state on disk: after a crash it simply goes on.
type keeper struct {
	c      *Cloud
	key    Key
	ctx    context.Context
	cancel context.CancelFunc
	done   chan struct{}
	wake   chan struct{}
	again  atomic.Bool // restart the process once
	found  *Found      // process of an earlier life

	running string // instance of the process; empty without one
	frozen  bool
	since   time.Time
	exit    chan Exit
	drained chan struct{}      // all output read
	unwatch context.CancelFunc // ends health checks
	retry   <-chan time.Time   // pause before a crashed machine is started again
}

// keep makes the keeper of a machine. The lock is held.
func (c *Cloud) keep(key Key) *keeper {
	k := &keeper{c: c, key: key, done: make(chan struct{}), wake: make(chan struct{}, 1)}
	k.ctx, k.cancel = context.WithCancel(c.ctx)
	c.keepers[key] = k
	return k
}

func (k *keeper) begin() {
	k.c.work.Go(func() {
		defer close(k.done)
		defer k.cancel()
		k.adopt()
		for k.ctx.Err() == nil && k.step() {
		}
	})
}

func (k *keeper) poke() {
	select {
	case k.wake <- struct{}{}:
	default:
	}
}

// abandon ends keeper and process of a machine whose app is gone.
func (k *keeper) abandon() {
	k.cancel()
	<-k.done
	if err := k.c.Host.Remove(k.c.ctx, k.key); err != nil {
		k.c.Log.Error("a machine is left behind", "app", k.key.App, "machine", k.key.Machine, "error", err)
	}
}

// step does the one next thing, and reports whether there is more to do, ever.
func (k *keeper) step() bool {
	m, err := k.c.Machine(k.key)
	if err != nil {
		return false
	}
	alive := k.running != ""
	switch {
	case m.Want == Destroyed:
		k.destroy(m)
		return false
	case alive && k.running != m.Instance, alive && k.again.Swap(false):
		k.halt(m)
	case alive && m.Want == Stopped:
		k.halt(m)
		k.rest()
	case !alive && m.Want == Stopped && m.State != Stopped:
		k.rest()
	case !alive && m.Want == Started && k.retry == nil:
		k.again.Store(false)
		k.start(m)
	case alive && m.Want == Suspended && !k.frozen:
		k.freeze()
	case alive && m.Want == Started && k.frozen:
		k.thaw()
	default:
		k.sleep()
	}
	return true
}

func (k *keeper) sleep() {
	select {
	case <-k.ctx.Done():
	case <-k.wake:
		k.retry = nil // whoever asks does not have to wait for the next attempt
	case <-k.retry:
		k.retry = nil
	case e := <-k.exit:
		k.exited(e)
	}
}

// record changes the machine as it is kept. Nothing is recorded of a machine whose app is gone.
func (k *keeper) record(f func(a *App, m *Machine)) {
	k.c.mu.Lock()
	defer k.c.mu.Unlock()
	a := k.c.apps[k.key.App]
	if a == nil || a.Machines[k.key.Machine] == nil || k.ctx.Err() != nil {
		return
	}
	f(a, a.Machines[k.key.Machine])
	_ = k.c.save(a) // save says so loudly; the process is what it is
}
