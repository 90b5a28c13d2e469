package cloud

import (
	"context"
	"slices"
	"strings"
	"time"
)

// Goal is what someone waits for.
type Goal struct {
	States   []string
	Instance string // only this version will do
	Timeout  time.Duration
}

// Settled is what flyctl waits for when any state will do in which a machine stays.
const Settled = "settled"

var (
	resting  = []string{Started, Stopped, Suspended, Destroyed}
	waitable = append([]string{Settled}, resting...)
)

// Wait returns when the machine reaches one of the states, also if it has left it again since.
func (c *Cloud) Wait(ctx context.Context, k Key, g Goal) error {
	for _, s := range g.States {
		if !slices.Contains(waitable, s) {
			return problem(400, "invalid_argument: cannot wait for state %q: use one of %s", s, strings.Join(waitable, ", "))
		}
	}
	deadline := time.NewTimer(g.Timeout)
	defer deadline.Stop()
	for seen := -1; ; {
		reached, next, changed, err := c.glance(k, g, seen)
		if reached || err != nil {
			return err
		}
		seen = next
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		case <-c.ctx.Done():
			return problem(503, "flylocal is stopping")
		case <-deadline.C:
			m, err := c.Machine(k)
			if err != nil {
				return err
			}
			return problem(408, "deadline_exceeded: machine failed to reach desired state, %s, currently %s", strings.Join(g.States, " or "), m.State)
		}
	}
}

// glance looks at the states a machine went through since the last glance, the present one first.
func (c *Cloud) glance(k Key, g Goal, seen int) (reached bool, next int, changed <-chan struct{}, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	m := c.machine(k)
	if m == nil {
		return false, 0, nil, noMachine()
	}
	fits := func(v visit) bool {
		wanted := slices.Contains(g.States, v.state) || slices.Contains(g.States, Settled) && slices.Contains(resting, v.state)
		return wanted && (g.Instance == "" || g.Instance == v.instance || v.state == Destroyed)
	}
	total := m.gone + len(m.visits)
	if seen < 0 {
		seen = total
		if fits(visit{m.State, m.Instance}) && m.Want != Destroyed || fits(visit{m.State, m.Instance}) && m.State == Destroyed {
			return true, 0, nil, nil
		}
	}
	for i := max(seen, m.gone); i < total; i++ {
		if fits(m.visits[i-m.gone]) {
			return true, 0, nil, nil
		}
	}
	switch {
	case m.State == Destroyed:
		return false, 0, nil, noMachine()
	case g.Instance != "" && g.Instance != m.Instance && slices.Contains(m.Earlier, g.Instance):
		return false, 0, nil, problem(400, "failed_precondition: version %s of machine %s was replaced by %s", g.Instance, m.ID, m.Instance)
	case g.Instance != "" && g.Instance != m.Instance:
		return false, 0, nil, problem(400, "invalid_argument: machine %s has no version %s", m.ID, g.Instance)
	}
	return false, total, c.changed, nil
}
