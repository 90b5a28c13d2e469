package cloud

import (
	"cmp"
	"context"
	"sync"
	"time"
)

// Mishap is something that goes wrong on Fly's side, on demand.
type Mishap string

const (
	Slow   Mishap = "slow-start"    // the next machines take longer to start
	Crash  Mishap = "crash-loop"    // the next processes are killed as soon as they run
	Revert Mishap = "silent-revert" // the next updates are taken and undone
)

type mishaps struct {
	mu   sync.Mutex
	left map[Mishap]map[string]int // by app, "" for any
	slow time.Duration             // how much longer a slow start takes
}

// Provoke lets a mishap happen the next few times to an app, or to any.
func (c *Cloud) Provoke(kind Mishap, app string, times int) error {
	switch kind {
	case Slow, Crash, Revert:
	default:
		return problem(422, "unknown mishap %q: use slow-start, crash-loop or silent-revert", kind)
	}
	c.mishap.mu.Lock()
	defer c.mishap.mu.Unlock()
	if c.mishap.left == nil {
		c.mishap.left = map[Mishap]map[string]int{}
	}
	if c.mishap.left[kind] == nil {
		c.mishap.left[kind] = map[string]int{}
	}
	c.mishap.left[kind][app] = times
	return nil
}

// SlowBy says how much longer slow starts take. Without it five seconds.
func (c *Cloud) SlowBy(d time.Duration) {
	c.mishap.mu.Lock()
	defer c.mishap.mu.Unlock()
	c.mishap.slow = d
}

// Calm ends all mishaps.
func (c *Cloud) Calm() {
	c.mishap.mu.Lock()
	defer c.mishap.mu.Unlock()
	c.mishap.left = nil
}

func (x *mishaps) strikes(kind Mishap, app string) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, who := range []string{app, ""} {
		if x.left[kind][who] > 0 {
			x.left[kind][who]--
			return true
		}
	}
	return false
}

func (x *mishaps) delay(ctx context.Context, app string) {
	if !x.strikes(Slow, app) {
		return
	}
	x.mu.Lock()
	long := cmp.Or(x.slow, 5*time.Second)
	x.mu.Unlock()
	select {
	case <-time.After(long):
	case <-ctx.Done():
	}
}
