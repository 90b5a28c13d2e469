package cloud

import "time"

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
