package cloud

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/renewa/pipeline/flylocal/config"
)

// States of a machine, in Fly's words.
const (
	Created    = "created"
	Starting   = "starting"
	Started    = "started"
	Stopping   = "stopping"
	Stopped    = "stopped"
	Suspended  = "suspended"
	Replacing  = "replacing"
	Destroying = "destroying"
	Destroyed  = "destroyed"
)

// Machine is the record of a machine. Want is the state that was asked for, State the one that was last seen.
type Machine struct {
	ID        string            `json:"id"`
	Name      string            `json:"name"`
	Region    string            `json:"region"`
	Config    json.RawMessage   `json:"config"`
	Image     Image             `json:"image"`
	Instance  string            `json:"instance"`
	Earlier   []string          `json:"earlier,omitempty"` // instances this one replaced
	Want      string            `json:"want"`
	State     string            `json:"state"`
	Cordoned  bool              `json:"cordoned,omitempty"`
	Address   string            `json:"address"`
	Created   time.Time         `json:"created"`
	Updated   time.Time         `json:"updated"`
	Gone      time.Time         `json:"gone,omitzero"`
	Restarts  int               `json:"restarts,omitempty"`
	Halt      Halt              `json:"halt"`
	Events    []Event           `json:"events"`
	Lease     *Lease            `json:"lease,omitempty"`
	Volumes   []string          `json:"volumes,omitempty"`
	Secrets   map[string]string `json:"secrets,omitempty"` // those of its last update
	SecretsAt uint64            `json:"secrets_at,omitempty"`

	checks map[string]Check
	visits []visit // states since flylocal started, for Reached
	gone   int     // number of visits dropped
}

// Halt is how to stop a machine, where that differs from its config.
type Halt struct {
	Signal  string        `json:"signal,omitempty"`
	Timeout time.Duration `json:"timeout,omitempty"`
	Set     bool          `json:"set,omitempty"` // Timeout was given, even if it is zero
	Kill    bool          `json:"kill,omitempty"`
}

// View returns the part of the config that flylocal acts on.
func (m *Machine) View() config.Config {
	c, _ := config.Parse(m.Config)
	return c
}

// Enter moves the machine to a state. Reached sees every state that was entered.
func (m *Machine) Enter(state string) {
	m.State, m.Updated = state, time.Now().UTC()
	m.visits = append(m.visits, visit{state, m.Instance})
	if extra := len(m.visits) - 200; extra > 0 {
		m.visits, m.gone = slices.Clone(m.visits[extra:]), m.gone+extra
	}
	if state != Started {
		m.checks = nil
	}
}

// Copy returns a copy that shares nothing with m that is ever changed in place.
func (m *Machine) Copy() *Machine {
	out := *m
	out.Events = slices.Clone(m.Events)
	out.Earlier = slices.Clone(m.Earlier)
	out.Secrets, out.Volumes = maps.Clone(m.Secrets), slices.Clone(m.Volumes)
	out.checks = maps.Clone(m.checks)
	out.visits = nil
	if m.Lease != nil {
		l := *m.Lease
		out.Lease = &l
	}
	return &out
}

// Since returns the time of the last start.
func (m *Machine) Since() time.Time {
	for _, e := range m.Events {
		if e.Status == Started {
			return time.UnixMilli(e.Timestamp)
		}
	}
	return m.Created
}
