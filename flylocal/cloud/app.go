package cloud

import (
	"maps"
	"regexp"
	"slices"
	"sync"
	"time"
)

// App is everything that is kept about an app, as one document.
type App struct {
	ID       string              `json:"id"`
	Name     string              `json:"name"`
	Org      string              `json:"org"`
	Network  string              `json:"network"`
	Role     string              `json:"role,omitempty"`
	Created  time.Time           `json:"created"`
	Deployed bool                `json:"deployed"`
	Secrets  Secrets             `json:"secrets"`
	Machines map[string]*Machine `json:"machines"`
	Volumes  []*Volume           `json:"volumes,omitempty"`
	Releases []*Release          `json:"releases,omitempty"`
	IPs      []IP                `json:"ips,omitempty"`
}

var appName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// CreateApp makes an app; the name is taken as soon as one organisation has it.
func (c *Cloud) CreateApp(name, org, network, role string) (App, error) {
	if !appName.MatchString(name) {
		return App{}, problem(422, "Validation failed: Name may only contain numbers, lowercase letters and dashes")
	}
	if org == "" {
		return App{}, problem(422, "Validation failed: Organization can't be blank")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.apps[name] != nil {
		return App{}, problem(422, "Validation failed: Name has already been taken")
	}
	if network == "" {
		network = "default"
	}
	a := &App{ID: name, Name: name, Org: org, Network: network, Role: role, Created: time.Now().UTC(), Machines: map[string]*Machine{}}
	if err := c.save(a); err != nil {
		return App{}, err
	}
	c.apps[name] = a
	return a.copy(), nil
}

// App returns an app as it is now.
func (c *Cloud) App(name string) (App, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	a := c.apps[name]
	if a == nil {
		return App{}, noApp()
	}
	return a.copy(), nil
}

// Apps returns all apps, by name.
func (c *Cloud) Apps() []App {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []App
	for _, name := range slices.Sorted(maps.Keys(c.apps)) {
		all = append(all, c.apps[name].copy())
	}
	return all
}

// DeleteApp removes an app with its machines, secrets, addresses, volumes and images.
func (c *Cloud) DeleteApp(name string) error {
	a, kept, err := c.drop(name)
	if err != nil {
		return err
	}
	var all sync.WaitGroup
	for _, k := range kept {
		all.Go(k.abandon)
	}
	all.Wait()
	if c.Images != nil {
		if err := c.Images.Forget(name); err != nil {
			c.Log.Error("images are left behind", "app", name, "error", err)
		}
	}
	for _, v := range a.Volumes {
		if err := c.Host.RemoveVolume(c.ctx, v.ID); err != nil {
			c.Log.Error("a volume is left behind", "volume", v.ID, "error", err)
		}
	}
	return nil
}

// drop forgets an app, and tells who keeps its machines.
func (c *Cloud) drop(name string) (*App, []*keeper, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	a := c.apps[name]
	if a == nil {
		return nil, nil, noApp()
	}
	if err := c.Dir.Delete("apps/" + name); err != nil {
		return nil, nil, problem(500, "flylocal cannot delete its state: %v", err)
	}
	delete(c.apps, name)
	var kept []*keeper
	for id := range a.Machines {
		if k := c.keepers[Key{name, id}]; k != nil {
			kept = append(kept, k)
			delete(c.keepers, k.key)
		}
	}
	c.notify()
	return a, kept, nil
}
