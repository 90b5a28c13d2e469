package control

import (
	"time"

	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/problem"
)

// machine returns the record of a machine, also of a destroyed one, or nil. The lock is held.
func (c *Cloud) machine(k cloud.Key) *cloud.Machine {
	if a := c.apps[k.App]; a != nil {
		return a.Machines[k.Machine]
	}
	return nil
}

// Machine returns a machine, also for a while after it was destroyed.
func (c *Cloud) Machine(k cloud.Key) (cloud.Machine, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.apps[k.App] == nil {
		return cloud.Machine{}, problem.NoApp()
	}
	m := c.machine(k)
	if m == nil {
		return cloud.Machine{}, problem.NoMachine()
	}
	return *m.Copy(), nil
}

// change changes a machine and saves it, if its lease allows.
func (c *Cloud) change(k cloud.Key, nonce string, f func(*cloud.App, *cloud.Machine) error) (cloud.Machine, error) {
	var now cloud.Machine
	err := c.changeApp(k.App, func(a *cloud.App) error {
		m := a.Machines[k.Machine]
		if m == nil {
			return problem.NoMachine()
		}
		if err := m.CheckLease(nonce); err != nil {
			return err
		}
		before := m.Want + m.State + m.Instance
		if err := f(a, m); err != nil {
			return err
		}
		m.Updated = time.Now().UTC()
		if err := c.save(a); err != nil {
			return err
		}
		if k := c.keepers[k]; k != nil && before != m.Want+m.State+m.Instance {
			k.Wake()
		}
		now = *m.Copy()
		return nil
	})
	return now, err
}
