package control

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/problem"
)

// Wait returns when the machine reaches one of the goal's states, even if it has left that state again since.
func (c *Cloud) Wait(ctx context.Context, k cloud.Key, g cloud.Goal) error {
	if err := g.Check(); err != nil {
		return err
	}
	deadline := time.NewTimer(g.Timeout)
	defer deadline.Stop()
	for seen := -1; ; {
		reached, next, changed, err := c.reached(k, g, seen)
		if reached || err != nil {
			return err
		}
		seen = next
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		case <-c.ctx.Done():
			return problem.New(http.StatusServiceUnavailable, "flylocal is stopping")
		case <-deadline.C:
			m, err := c.Machine(k)
			if err != nil {
				return err
			}
			return problem.New(http.StatusRequestTimeout, "deadline_exceeded: machine failed to reach desired state, %s, currently %s", strings.Join(g.States, " or "), m.State)
		}
	}
}

// reached is Machine.Reached under the lock, with the channel that is closed at the next change.
func (c *Cloud) reached(k cloud.Key, g cloud.Goal, seen int) (reached bool, next int, changed <-chan struct{}, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	m := c.machine(k)
	if m == nil {
		return false, 0, nil, problem.NoMachine()
	}
	reached, next, err = m.Reached(g, seen)
	return reached, next, c.changed, err
}
