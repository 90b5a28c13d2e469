package cloud

import (
	"encoding/json"
	"time"
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

// Machine is a machine as it is kept: what was asked (Want) and what was last seen (State).
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
	Secrets   map[string]string `json:"secrets,omitempty"` // as they were at the last update
	SecretsAt uint64            `json:"secrets_at,omitempty"`

	checks map[string]Check
	visits []visit // states since this Fly started, for those who wait
	gone   int     // visits forgotten
}

// Halt is how a machine was asked to stop, where it differs from its config.
type Halt struct {
	Signal  string        `json:"signal,omitempty"`
	Timeout time.Duration `json:"timeout,omitempty"`
	Set     bool          `json:"set,omitempty"` // Timeout was given, be it zero
	Kill    bool          `json:"kill,omitempty"`
}

type visit struct{ state, instance string }

// machine finds a machine, gone ones too. The lock is held.
func (c *Cloud) machine(k Key) *Machine {
	if a := c.apps[k.App]; a != nil {
		return a.Machines[k.Machine]
	}
	return nil
}

// Machine returns a machine, also for a while after it was destroyed.
func (c *Cloud) Machine(k Key) (Machine, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.apps[k.App] == nil {
		return Machine{}, noApp()
	}
	m := c.machine(k)
	if m == nil {
		return Machine{}, noMachine()
	}
	return *m.copy(), nil
}

// change alters a machine and saves it, if its lease allows.
func (c *Cloud) change(k Key, nonce string, f func(*App, *Machine) error) (Machine, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	a := c.apps[k.App]
	if a == nil {
		return Machine{}, noApp()
	}
	m := a.Machines[k.Machine]
	if m == nil {
		return Machine{}, noMachine()
	}
	if err := m.held(nonce); err != nil {
		return Machine{}, err
	}
	before := m.Want + m.State + m.Instance
	if err := f(a, m); err != nil {
		return Machine{}, err
	}
	m.Updated = time.Now().UTC()
	if err := c.save(a); err != nil {
		return Machine{}, err
	}
	if kept := c.keepers[k]; kept != nil && before != m.Want+m.State+m.Instance {
		kept.poke()
	}
	return *m.copy(), nil
}
