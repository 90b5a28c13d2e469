package config

import (
	"cmp"
	"time"
)

// Restarts reports whether a process that ended with this exit code is started again, after so many restarts already.
func (c Config) Restarts(code, already int) bool {
	policy, limit := "on-failure", 0
	if c.Restart != nil && c.Restart.Policy != "" {
		policy, limit = c.Restart.Policy, c.Restart.Max
	}
	switch policy {
	case "always":
		return true
	case "no", "never":
		return false
	}
	return code != 0 && already < cmp.Or(limit, 10)
}

// Once reports whether the process must not run a second time, as a release command must not.
func (c Config) Once() bool { return c.AutoDestroy || !c.Restarts(1, 0) }

// Stopping returns the signal that ends the process, and the time the process has to end. Fly sends SIGINT and waits 5 s.
func (c Config) Stopping() (signal string, patience time.Duration) {
	signal, patience = "SIGINT", 5*time.Second
	if c.Stop == nil {
		return signal, patience
	}
	if c.Stop.Signal != nil {
		signal = cmp.Or(*c.Stop.Signal, signal)
	}
	if c.Stop.Timeout != nil && *c.Stop.Timeout > 0 {
		patience = time.Duration(*c.Stop.Timeout)
	}
	return signal, patience
}
