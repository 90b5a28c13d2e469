package cloud

import (
	"maps"
	"slices"
	"time"

	"github.com/renewa/pipeline/flylocal/config"
)

// Statuses of a health check.
const (
	Passing  = "passing"
	Warning  = "warning"
	Critical = "critical"
)

// Check is the last result of a health check.
type Check struct {
	Name    string    `json:"name"`
	Status  string    `json:"status"`
	Output  string    `json:"output"`
	Updated time.Time `json:"updated_at"`
	Service bool      `json:"-"` // the proxy sends no requests while it fails
}

// ExpectChecks begins the health checks of a process that was just started: all of them without a result.
func (m *Machine) ExpectChecks(probes []config.Probe) {
	m.checks = map[string]Check{}
	for _, p := range probes {
		m.checks[p.Name] = Check{Name: p.Name, Status: Warning, Output: "waiting for status update", Updated: time.Now().UTC(), Service: p.Service}
	}
}

// Report takes the result of a health check of an instance. It reports whether the check has another status than before.
func (m *Machine) Report(instance string, c Check) (changed bool) {
	if m.State != Started || m.Instance != instance || m.checks == nil {
		return false
	}
	changed = m.checks[c.Name].Status != c.Status
	m.checks[c.Name] = c
	return changed
}

// Checks returns the health checks by name.
func (m *Machine) Checks() []Check {
	var all []Check
	for _, name := range slices.Sorted(maps.Keys(m.checks)) {
		all = append(all, m.checks[name])
	}
	return all
}

// Healthy reports whether the proxy may send requests: started, not cordoned, no service check failing.
func (m *Machine) Healthy() bool {
	if m.State != Started || m.Cordoned {
		return false
	}
	for _, c := range m.checks {
		if c.Service && c.Status != Passing {
			return false
		}
	}
	return true
}

// Unsure reports whether a health check that the proxy asks for has no result yet.
func (m *Machine) Unsure() bool {
	for _, c := range m.checks {
		if c.Service && c.Status == Warning {
			return true
		}
	}
	return false
}
