package cloud

import (
	"context"
	"sync"
	"time"
)

// Mishap is something that goes wrong on Fly's side, on demand.
type Mishap string

const (
	Slow   Mishap = "slow-start"    // the next machines take five seconds to start
	Crash  Mishap = "crash-loop"    // the next processes are killed as soon as they run
	Revert Mishap = "silent-revert" // the next updates are taken and undone
)

// SlowBy is how long a slow start takes longer.
const SlowBy = 5 * time.Second

type mishaps struct {
	mu   sync.Mutex
	left map[Mishap]map[string]int // by app, "" for any
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
	select {
	case <-time.After(SlowBy):
	case <-ctx.Done():
	}
}
