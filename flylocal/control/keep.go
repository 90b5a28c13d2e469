package control

import (
	"context"
	"fmt"
	"time"

	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/keeper"
)

// resume starts a keeper for every machine, and removes processes that belong to no machine.
func (c *Cloud) resume(ctx context.Context) error {
	found, err := c.Host.Found(ctx)
	if err != nil {
		return fmt.Errorf("look for machines that still run: %w", err)
	}
	left := map[cloud.Key]*cloud.Found{}
	for _, f := range found {
		if c.knows(f.Key) {
			left[f.Key] = &f
			continue
		}
		c.expel(ctx, f.Key)
	}
	c.work.Go(c.sweep)
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, a := range c.apps {
		for _, m := range a.Machines {
			if m.State != cloud.Destroyed {
				key := cloud.Key{App: a.Name, Machine: m.ID}
				c.keep(key, left[key])
			}
		}
	}
	return nil
}

// keep starts the keeper of a machine. The lock is held.
func (c *Cloud) keep(key cloud.Key, found *cloud.Found) {
	k := keeper.New(c.ctx, keeper.Options{
		Host: c.Host, Records: records{c}, Lines: &c.lines, Mishaps: &c.Mishaps, Log: c.Log, Backoff: c.Backoff, Go: c.work.Go,
	}, key, found)
	c.keepers[key] = k
	k.Begin()
}

// records are the cloud's records as keepers use them.
type records struct{ c *Cloud }

func (r records) Machine(k cloud.Key) (cloud.Machine, error) { return r.c.Machine(k) }

// Change saves nothing for a machine whose app is gone.
func (r records) Change(ctx context.Context, k cloud.Key, f func(*cloud.App, *cloud.Machine)) {
	r.c.mu.Lock()
	defer r.c.mu.Unlock()
	m := r.c.machine(k)
	if m == nil || ctx.Err() != nil {
		return
	}
	a := r.c.apps[k.App]
	f(a, m)
	if m.State == cloud.Destroyed {
		delete(r.c.keepers, k)
	}
	_ = r.c.save(a) // save logs the error; the process is in its new state all the same
}

// Report keeps the result in memory alone: health checks begin afresh with the next flylocal.
func (r records) Report(k cloud.Key, instance string, check cloud.Check) {
	r.c.mu.Lock()
	defer r.c.mu.Unlock()
	if m := r.c.machine(k); m != nil && m.Report(instance, check) {
		r.c.notify()
	}
}

// sweep removes processes that a host starts for a flylocal that was killed, after this one has looked for them:
// a container engine carries out a request even when its client is gone.
func (c *Cloud) sweep() {
	for _, pause := range []time.Duration{time.Second, 3 * time.Second, 10 * time.Second} {
		select {
		case <-c.ctx.Done():
			return
		case <-time.After(pause):
		}
		found, err := c.Host.Found(c.ctx)
		if err != nil {
			continue
		}
		for _, f := range found {
			if !c.knows(f.Key) {
				c.expel(c.ctx, f.Key)
			}
		}
	}
}

func (c *Cloud) knows(k cloud.Key) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	m := c.machine(k)
	return m != nil && m.State != cloud.Destroyed
}

// expel removes a process that belongs to no machine.
func (c *Cloud) expel(ctx context.Context, k cloud.Key) {
	c.Log.Warn("remove a process that belongs to no machine", "app", k.App, "machine", k.Machine)
	if err := c.Host.Remove(ctx, k); err != nil {
		c.Log.Error("the process is not removed", "app", k.App, "machine", k.Machine, "error", err)
	}
}
