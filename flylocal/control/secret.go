package control

import (
	"net/http"
	"regexp"
	"time"

	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/problem"
)

var secretName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]*$`)

// SetSecrets sets secrets, and deletes those whose value is nil. Machines get them at their next update.
func (c *Cloud) SetSecrets(app string, values map[string]*string) (now cloud.Secrets, err error) {
	for name := range values {
		if !secretName.MatchString(name) {
			return cloud.Secrets{}, problem.New(http.StatusUnprocessableEntity, "invalid secret name %q", name)
		}
	}
	err = c.changeApp(app, func(a *cloud.App) error {
		a.Secrets = a.Secrets.With(values, time.Now().UTC())
		now = a.Secrets.Copy()
		return c.save(a)
	})
	return now, err
}

// SecretsAt returns the secrets. It is an error when they have not reached a version.
func (c *Cloud) SecretsAt(app string, version uint64) (cloud.Secrets, error) {
	a, err := c.App(app)
	if err != nil {
		return cloud.Secrets{}, err
	}
	if a.Secrets.Version < version {
		return cloud.Secrets{}, problem.New(http.StatusPreconditionFailed, "secrets version %d does not exist yet: the app is at version %d", version, a.Secrets.Version)
	}
	return a.Secrets, nil
}
