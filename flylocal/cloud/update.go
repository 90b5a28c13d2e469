package cloud

import "context"

// Update gives a machine a new config, as a new instance.
func (c *Cloud) Update(ctx context.Context, k Key, l Launch, nonce string) (Machine, error) {
	if m, err := c.Machine(k); err != nil {
		return Machine{}, err
	} else if err := m.held(nonce); err != nil {
		return Machine{}, err
	} else if l.CurrentVersion != "" && l.CurrentVersion != m.Instance {
		return Machine{}, problem(409, "aborted: machine %s is at version %s, not %s", k.Machine, m.Instance, l.CurrentVersion)
	}
	cfg, img, err := c.prepare(ctx, k.App, &l)
	if err != nil {
		return Machine{}, err
	}
	revert := c.mishap.strikes(Revert, k.App)
	return c.change(k, nonce, func(a *App, m *Machine) error {
		if m.State == Destroyed || m.Want == Destroyed {
			return noMachine()
		}
		if err := a.attach(m, cfg); err != nil {
			return err
		}
		old := *m
		m.Earlier = append(m.Earlier, m.Instance)
		m.Config, m.Image, m.Instance, m.Restarts = l.Config, img, ulid(), 0
		if l.Name != "" {
			m.Name = l.Name
		}
		m.take(a, l)
		m.Want, m.Halt = Started, Halt{}
		if l.SkipLaunch {
			m.Want = Stopped
		}
		m.note("update", Replacing, "user", nil)
		m.enter(Replacing)
		if revert { // what clients that do not compare versions take for success
			m.Earlier = append(old.Earlier, m.Instance)
			m.Config, m.Image, m.Instance, m.Secrets, m.Want = old.Config, old.Image, old.Instance, old.Secrets, old.Want
			m.note("update", "reverted", "flyd", nil)
			m.enter(old.State)
		}
		return nil
	})
}
