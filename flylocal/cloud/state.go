package cloud

import (
	"maps"
	"slices"
	"time"
)

// View parses the part of the config that flylocal acts on.
func (m *Machine) View() Config {
	c, _ := ParseConfig(m.Config)
	return c
}

// Checks returns the health checks in fixed order.
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

// enter moves the machine to a state and notes it for those who wait. The lock is held.
func (m *Machine) enter(state string) {
	m.State, m.Updated = state, time.Now().UTC()
	m.visits = append(m.visits, visit{state, m.Instance})
	if extra := len(m.visits) - 200; extra > 0 {
		m.visits, m.gone = slices.Clone(m.visits[extra:]), m.gone+extra
	}
	if state != Started {
		m.checks = nil
	}
}

func (m *Machine) copy() *Machine {
	out := *m
	out.Events = slices.Clone(m.Events)
	out.Earlier = slices.Clone(m.Earlier)
	out.Secrets = maps.Clone(m.Secrets)
	out.checks = maps.Clone(m.checks)
	out.visits = nil
	if m.Lease != nil {
		l := *m.Lease
		out.Lease = &l
	}
	return &out
}
