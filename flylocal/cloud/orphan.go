package cloud

import (
	"context"
	"time"
)

// late removes what a host still made for a Fly that was killed, after this one had looked: a request to an engine
// is carried out to its end, also when nobody waits for it any more.
func (c *Cloud) late() {
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

func (c *Cloud) knows(k Key) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	m := c.machine(k)
	return m != nil && m.State != Destroyed
}

// expel removes the process of nobody.
func (c *Cloud) expel(ctx context.Context, k Key) {
	c.Log.Warn("remove a machine that this Fly does not know", "app", k.App, "machine", k.Machine)
	if err := c.Host.Remove(ctx, k); err != nil {
		c.Log.Error("cannot remove it", "error", err)
	}
}
