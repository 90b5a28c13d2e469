package cloud

import "time"

// Lease is one client's right to change a machine. It ends by itself, whatever becomes of the client.
type Lease struct {
	Nonce       string    `json:"nonce"`
	Owner       string    `json:"owner"`
	Description string    `json:"description"`
	Expires     time.Time `json:"expires"`
}

func newLease(ttl int, owner, description string) *Lease {
	if ttl <= 0 {
		ttl = 120
	}
	return &Lease{Nonce: nonce(), Owner: owner, Description: description, Expires: time.Now().Add(time.Duration(ttl) * time.Second)}
}

// lease returns the lease that is in force.
func (m *Machine) lease() *Lease {
	if m.Lease == nil || time.Now().After(m.Lease.Expires) {
		return nil
	}
	return m.Lease
}

// held refuses whoever does not hold the lease. Without a lease any nonce will do: clients send ones they released.
func (m *Machine) held(nonce string) error {
	l := m.lease()
	if l == nil || l.Nonce == nonce {
		return nil
	}
	return problem(409, "failed_precondition: machine ID %s lease currently held by %s, expires at %s",
		m.ID, l.Owner, l.Expires.UTC().Format(time.RFC3339))
}

// AcquireLease takes a lease, or makes the one with this nonce last longer.
func (c *Cloud) AcquireLease(k Key, nonce string, ttl int, owner, description string) (Machine, error) {
	return c.change(k, nonce, func(_ *App, m *Machine) error {
		if m.State == Destroyed {
			return noMachine()
		}
		next := newLease(ttl, owner, description)
		if l := m.lease(); l != nil {
			next.Nonce, next.Owner, next.Description = l.Nonce, l.Owner, l.Description
		}
		m.Lease = next
		return nil
	})
}

// Lease returns the lease in force.
func (c *Cloud) Lease(k Key) (Lease, string, error) {
	m, err := c.Machine(k)
	if err != nil {
		return Lease{}, "", err
	}
	if l := m.lease(); l != nil {
		return *l, m.Instance, nil
	}
	return Lease{}, "", problem(404, "lease not found")
}

// ReleaseLease gives a lease back.
func (c *Cloud) ReleaseLease(k Key, nonce string) error {
	_, err := c.change(k, nonce, func(_ *App, m *Machine) error {
		if m.lease() == nil {
			return problem(404, "lease not found")
		}
		m.Lease = nil
		return nil
	})
	return err
}
