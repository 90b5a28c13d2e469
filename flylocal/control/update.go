package control

import (
	"cmp"
	"context"
	"net/http"

	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/id"
	"github.com/renewa/pipeline/flylocal/problem"
)

// Update gives a machine a new config, as a new instance.
func (c *Cloud) Update(ctx context.Context, k cloud.Key, l Launch, nonce string) (cloud.Machine, error) {
	if m, err := c.Machine(k); err != nil {
		return cloud.Machine{}, err
	} else if err := m.CheckLease(nonce); err != nil {
		return cloud.Machine{}, err
	} else if l.CurrentVersion != "" && l.CurrentVersion != m.Instance {
		return cloud.Machine{}, problem.New(http.StatusConflict, "aborted: machine %s is at version %s, not %s", k.Machine, m.Instance, l.CurrentVersion)
	}
	cfg, img, err := c.prepare(ctx, k.App, &l)
	if err != nil {
		return cloud.Machine{}, err
	}
	revert := c.Strikes(cloud.Revert, k.App)
	return c.change(k, nonce, func(a *cloud.App, m *cloud.Machine) error {
		if m.State == cloud.Destroyed || m.Want == cloud.Destroyed {
			return problem.NoMachine()
		}
		if err := a.Attach(m, cfg); err != nil {
			return err
		}
		old := *m
		m.Earlier = append(m.Earlier, m.Instance)
		m.Config, m.Image, m.Instance, m.Restarts = l.Config, img, id.ULID(), 0
		m.TakeSecrets(a.Secrets, l.SkipSecrets)
		m.Name, m.Want, m.Halt = cmp.Or(l.Name, m.Name), l.want(), cloud.Halt{}
		m.Note("update", cloud.Replacing, "user", nil)
		m.Enter(cloud.Replacing)
		if revert { // a client that does not compare versions takes this for success
			m.Earlier = append(old.Earlier, m.Instance)
			m.Config, m.Image, m.Instance, m.Secrets, m.Want = old.Config, old.Image, old.Instance, old.Secrets, old.Want
			m.Note("update", "reverted", "flyd", nil)
			m.Enter(old.State)
		}
		return nil
	})
}
