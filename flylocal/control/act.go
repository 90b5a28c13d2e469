package control

import (
	"maps"
	"net/http"

	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/config"
	"github.com/renewa/pipeline/flylocal/problem"
)

// Start asks for a machine to run, and returns the state it was in.
func (c *Cloud) Start(k cloud.Key, nonce string) (previous string, err error) {
	_, err = c.change(k, nonce, func(_ *cloud.App, m *cloud.Machine) error {
		previous = m.State
		switch m.State {
		case cloud.Destroyed, cloud.Destroying:
			return problem.NoMachine()
		case cloud.Replacing:
			return problem.New(http.StatusPreconditionFailed, "failed_precondition: unable to start machine from current state: 'replacing'")
		}
		m.Want, m.Restarts, m.Halt = cloud.Started, 0, cloud.Halt{}
		if m.State == cloud.Stopped || m.State == cloud.Created {
			m.Enter(cloud.Starting) // now, so that a client that waits for `stopped` does not see the state from before
		}
		return nil
	})
	return previous, err
}

// Stop asks for a machine to stop. A stopped machine is no error.
func (c *Cloud) Stop(k cloud.Key, nonce string, h cloud.Halt) error {
	_, err := c.change(k, nonce, func(_ *cloud.App, m *cloud.Machine) error {
		if m.State == cloud.Destroyed || m.State == cloud.Destroying {
			return problem.NoMachine()
		}
		m.Want, m.Halt = cloud.Stopped, h
		if m.State == cloud.Started || m.State == cloud.Suspended {
			m.Enter(cloud.Stopping)
		}
		return nil
	})
	return err
}

// Suspend freezes a running machine.
func (c *Cloud) Suspend(k cloud.Key, nonce string) error {
	_, err := c.change(k, nonce, func(_ *cloud.App, m *cloud.Machine) error {
		if m.State != cloud.Started && m.State != cloud.Suspended {
			return problem.New(http.StatusPreconditionFailed, "failed_precondition: unable to suspend machine from current state: '%s'", m.State)
		}
		m.Want = cloud.Suspended
		return nil
	})
	return err
}

// Restart stops the process and starts it afresh, in the same instance.
func (c *Cloud) Restart(k cloud.Key, nonce string, h cloud.Halt) error {
	_, err := c.change(k, nonce, func(_ *cloud.App, m *cloud.Machine) error {
		if m.State == cloud.Destroyed || m.State == cloud.Destroying {
			return problem.NoMachine()
		}
		m.Want, m.Halt, m.Restarts = cloud.Started, h, 0
		m.Note("restart", "restarting", "user", nil)
		if m.State == cloud.Started {
			m.Enter(cloud.Stopping)
		}
		if kept := c.keepers[k]; kept != nil {
			kept.Restart()
		}
		return nil
	})
	return err
}

// Cordon keeps the proxy's requests from a machine, or lets them in again.
func (c *Cloud) Cordon(k cloud.Key, nonce string, out bool) error {
	_, err := c.change(k, nonce, func(_ *cloud.App, m *cloud.Machine) error {
		if m.State == cloud.Destroyed {
			return problem.NoMachine()
		}
		m.Cordoned = out
		return nil
	})
	return err
}

// Destroy removes a machine for good. A machine that runs must be killed.
func (c *Cloud) Destroy(k cloud.Key, nonce string, kill bool) error {
	_, err := c.change(k, nonce, func(a *cloud.App, m *cloud.Machine) error {
		switch m.State {
		case cloud.Destroyed:
			return problem.NoMachine()
		case cloud.Stopped, cloud.Suspended, cloud.Created, cloud.Destroying:
		default:
			if !kill {
				return problem.New(http.StatusPreconditionFailed, "failed_precondition: unable to destroy machine, not currently stopped or suspended: machine %s is %s", m.ID, m.State)
			}
		}
		m.Want, m.Halt = cloud.Destroyed, cloud.Halt{Kill: kill}
		m.Note("destroy", cloud.Destroying, "user", nil)
		m.Enter(cloud.Destroying)
		return nil
	})
	return err
}

// SetMetadata sets one key of a machine's metadata, or deletes it.
func (c *Cloud) SetMetadata(k cloud.Key, nonce, key string, value *string) error {
	_, err := c.change(k, nonce, func(_ *cloud.App, m *cloud.Machine) error {
		if m.State == cloud.Destroyed {
			return problem.NoMachine()
		}
		meta := map[string]string{}
		maps.Copy(meta, m.View().Metadata)
		if value == nil {
			delete(meta, key)
		} else {
			meta[key] = *value
		}
		m.Config = config.WithField(m.Config, "metadata", meta)
		return nil
	})
	return err
}
