package control

import (
	"cmp"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"sync"
	"time"

	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/keeper"
	"github.com/renewa/pipeline/flylocal/problem"
)

var appName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// CreateApp creates an app. Names are unique across organisations.
func (c *Cloud) CreateApp(name, org, network, role string) (cloud.App, error) {
	if !appName.MatchString(name) {
		return cloud.App{}, problem.New(http.StatusUnprocessableEntity, "Validation failed: Name may only contain numbers, lowercase letters and dashes")
	}
	if org == "" {
		return cloud.App{}, problem.New(http.StatusUnprocessableEntity, "Validation failed: Organization can't be blank")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.apps[name] != nil {
		return cloud.App{}, problem.New(http.StatusUnprocessableEntity, "Validation failed: Name has already been taken")
	}
	a := &cloud.App{ID: name, Name: name, Org: org, Network: cmp.Or(network, "default"), Role: role, Created: time.Now().UTC(), Machines: map[string]*cloud.Machine{}}
	if err := c.save(a); err != nil {
		return cloud.App{}, err
	}
	c.apps[name] = a
	return a.Copy(), nil
}

// App returns an app as it is now.
func (c *Cloud) App(name string) (app cloud.App, err error) {
	err = c.changeApp(name, func(a *cloud.App) error {
		app = a.Copy()
		return nil
	})
	return app, err
}

// changeApp calls f with the record of an app under the lock. It is for f to save.
func (c *Cloud) changeApp(name string, f func(*cloud.App) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	a := c.apps[name]
	if a == nil {
		return problem.NoApp()
	}
	return f(a)
}

// Apps returns all apps, by name.
func (c *Cloud) Apps() []cloud.App {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []cloud.App
	for _, name := range slices.Sorted(maps.Keys(c.apps)) {
		all = append(all, c.apps[name].Copy())
	}
	return all
}

// DeleteApp removes an app with its machines, secrets, addresses, volumes and images.
func (c *Cloud) DeleteApp(name string) error {
	a, keepers, err := c.drop(name)
	if err != nil {
		return err
	}
	var all sync.WaitGroup
	for _, k := range keepers {
		all.Go(k.Abandon)
	}
	all.Wait()
	if c.Images != nil {
		if err := c.Images.Forget(name); err != nil {
			c.Log.Error("images are not removed", "app", name, "error", err)
		}
	}
	for _, v := range a.Volumes {
		if err := c.Host.RemoveVolume(c.ctx, v.ID); err != nil {
			c.Log.Error("a volume is not removed", "volume", v.ID, "error", err)
		}
	}
	return nil
}

// drop deletes the record of an app, and returns it with the keepers of its machines.
func (c *Cloud) drop(name string) (app *cloud.App, keepers []*keeper.Keeper, err error) {
	err = c.changeApp(name, func(a *cloud.App) error {
		if err := c.Dir.Delete("apps/" + name); err != nil {
			return problem.New(http.StatusInternalServerError, "flylocal cannot delete its state: %v", err)
		}
		app = a
		delete(c.apps, name)
		for machine := range a.Machines {
			key := cloud.Key{App: name, Machine: machine}
			if k := c.keepers[key]; k != nil {
				keepers = append(keepers, k)
				delete(c.keepers, key)
			}
		}
		c.notify()
		return nil
	})
	return app, keepers, err
}
