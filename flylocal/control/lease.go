package control

import (
	"net/http"
	"time"

	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/problem"
)

// AcquireLease takes a lease, or renews the one with this nonce.
func (c *Cloud) AcquireLease(k cloud.Key, nonce string, ttl int, owner, description string) (cloud.Machine, error) {
	return c.change(k, nonce, func(_ *cloud.App, m *cloud.Machine) error {
		if m.State == cloud.Destroyed {
			return problem.NoMachine()
		}
		next := cloud.NewLease(ttl, owner, description)
		if l := m.LeaseInForce(); l != nil {
			next.Nonce, next.Owner, next.Description = l.Nonce, l.Owner, l.Description
		}
		m.Lease = next
		return nil
	})
}

// Lease returns the lease in force, with the version of the machine.
func (c *Cloud) Lease(k cloud.Key) (l cloud.Lease, version string, err error) {
	m, err := c.Machine(k)
	if err != nil {
		return cloud.Lease{}, "", err
	}
	if l := m.LeaseInForce(); l != nil {
		return *l, m.Instance, nil
	}
	return cloud.Lease{}, "", problem.New(http.StatusNotFound, "lease not found")
}

// ReleaseLease gives a lease back.
func (c *Cloud) ReleaseLease(k cloud.Key, nonce string) error {
	_, err := c.change(k, nonce, func(_ *cloud.App, m *cloud.Machine) error {
		if m.LeaseInForce() == nil {
			return problem.New(http.StatusNotFound, "lease not found")
		}
		m.Lease = nil
		return nil
	})
	return err
}

// Expire ends every lease now, for tests that do not wait.
func (c *Cloud) Expire() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, a := range c.apps {
		for _, m := range a.Machines {
			if m.Lease != nil {
				m.Lease.Expires = time.Now().Add(-time.Second)
			}
		}
	}
}
