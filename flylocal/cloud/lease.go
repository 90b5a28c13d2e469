package cloud

import (
	"net/http"
	"time"

	"github.com/renewa/pipeline/flylocal/id"
	"github.com/renewa/pipeline/flylocal/problem"
)

// Lease is one client's right to change a machine. It expires by itself.
type Lease struct {
	Nonce       string    `json:"nonce"`
	Owner       string    `json:"owner"`
	Description string    `json:"description"`
	Expires     time.Time `json:"expires"`
}

// NewLease returns a lease of ttl seconds; without a ttl it lasts two minutes.
func NewLease(ttl int, owner, description string) *Lease {
	if ttl <= 0 {
		ttl = 120
	}
	return &Lease{Nonce: id.Nonce(), Owner: owner, Description: description, Expires: time.Now().Add(time.Duration(ttl) * time.Second)}
}

// LeaseInForce returns the lease, unless it expired.
func (m *Machine) LeaseInForce() *Lease {
	if m.Lease == nil || time.Now().After(m.Lease.Expires) {
		return nil
	}
	return m.Lease
}

// CheckLease refuses a client that does not hold the lease. Without a lease every nonce is accepted: clients send
// nonces of leases they gave back.
func (m *Machine) CheckLease(nonce string) error {
	l := m.LeaseInForce()
	if l == nil || l.Nonce == nonce {
		return nil
	}
	return problem.New(http.StatusConflict, "failed_precondition: machine ID %s lease currently held by %s, expires at %s",
		m.ID, l.Owner, l.Expires.UTC().Format(time.RFC3339))
}
