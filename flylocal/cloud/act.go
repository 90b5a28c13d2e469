package cloud

import (
	"maps"
)

// Start wants a machine running, and tells the state it was in.
func (c *Cloud) Start(k Key, nonce string) (previous string, err error) {
	_, err = c.change(k, nonce, func(_ *App, m *Machine) error {
		previous = m.State
		switch m.State {
		case Destroyed, Destroying:
			return noMachine()
		case Replacing:
			return problem(412, "failed_precondition: unable to start machine from current state: 'replacing'")
		}
		m.Want, m.Restarts, m.Halt = Started, 0, Halt{}
		if m.State == Stopped || m.State == Created {
			m.enter(Starting) // now, so that nobody who waits for `stopped` is told of before
		}
		return nil
	})
	return previous, err
}

// Stop wants a machine stopped; one that is stopped already is no error.
func (c *Cloud) Stop(k Key, nonce string, h Halt) error {
	_, err := c.change(k, nonce, func(_ *App, m *Machine) error {
		if m.State == Destroyed || m.State == Destroying {
			return noMachine()
		}
		m.Want, m.Halt = Stopped, h
		if m.State == Started || m.State == Suspended {
			m.enter(Stopping)
		}
		return nil
	})
	return err
}

// Suspend freezes a running machine.
func (c *Cloud) Suspend(k Key, nonce string) error {
	_, err := c.change(k, nonce, func(_ *App, m *Machine) error {
		if m.State != Started && m.State != Suspended {
			return problem(412, "failed_precondition: unable to suspend machine from current state: '%s'", m.State)
		}
		m.Want = Suspended
		return nil
	})
	return err
}

// Restart stops the process and starts it afresh, in the same instance.
func (c *Cloud) Restart(k Key, nonce string, h Halt) error {
	_, err := c.change(k, nonce, func(_ *App, m *Machine) error {
		if m.State == Destroyed || m.State == Destroying {
			return noMachine()
		}
		m.Want, m.Halt, m.Restarts = Started, h, 0
		m.note("restart", "restarting", "user", nil)
		if m.State == Started {
			m.enter(Stopping)
		}
		if kept := c.keepers[k]; kept != nil {
			kept.again.Store(true)
		}
		return nil
	})
	return err
}

// Cordon takes a machine out of the proxy's choice, or lets it in again.
func (c *Cloud) Cordon(k Key, nonce string, out bool) error {
	_, err := c.change(k, nonce, func(_ *App, m *Machine) error {
		if m.State == Destroyed {
			return noMachine()
		}
		m.Cordoned = out
		return nil
	})
	return err
}

// Destroy removes a machine for good; one that runs must be killed.
func (c *Cloud) Destroy(k Key, nonce string, kill bool) error {
	_, err := c.change(k, nonce, func(a *App, m *Machine) error {
		switch m.State {
		case Destroyed:
			return noMachine()
		case Stopped, Suspended, Created, Destroying:
		default:
			if !kill {
				return problem(412, "failed_precondition: unable to destroy machine, not currently stopped or suspended: machine %s is %s", m.ID, m.State)
			}
		}
		m.Want, m.Halt = Destroyed, Halt{Kill: kill}
		m.note("destroy", Destroying, "user", nil)
		m.enter(Destroying)
		return nil
	})
	return err
}

// SetMetadata sets one key of a machine's metadata, or deletes it.
func (c *Cloud) SetMetadata(k Key, nonce, key string, value *string) error {
	_, err := c.change(k, nonce, func(_ *App, m *Machine) error {
		if m.State == Destroyed {
			return noMachine()
		}
		meta := maps.Clone(m.View().Metadata)
		if meta == nil {
			meta = map[string]string{}
		}
		if value == nil {
			delete(meta, key)
		} else {
			meta[key] = *value
		}
		m.Config = withField(m.Config, "metadata", meta)
		return nil
	})
	return err
}
