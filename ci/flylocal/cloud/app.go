package cloud

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
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
	c.mu.Lock()
	a := c.apps[name]
	if a == nil {
		c.mu.Unlock()
		return noApp()
	}
	if err := c.Dir.Delete("apps/" + name); err != nil {
		c.mu.Unlock()
		return problem(500, "flylocal cannot delete its state: %v", err)
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
	c.mu.Unlock()
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

// Status is the word Fly has for an app.
func (a App) Status() string {
	if !a.Deployed {
		return "pending"
	}
	for _, m := range a.Machines {
		if m.State == Started || m.State == Starting {
			return "deployed"
		}
	}
	if len(a.Active()) == 0 {
		return "pending"
	}
	return "suspended"
}

// Number is a stable number for a name, where Fly's answers want one.
func Number(name string) int32 {
	sum := sha256.Sum256([]byte(name))
	return int32(binary.BigEndian.Uint32(sum[:4]) >> 1)
}

// NodeID is a stable identifier for a name.
func NodeID(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:8])
}

// Active returns the machines that are not gone, by identifier.
func (a App) Active() []*Machine {
	var all []*Machine
	for _, id := range slices.Sorted(maps.Keys(a.Machines)) {
		if m := a.Machines[id]; m.State != Destroyed {
			all = append(all, m)
		}
	}
	return all
}

// copy is what leaves the lock.
func (a *App) copy() App {
	out := *a
	out.Secrets = a.Secrets.copy()
	out.Machines = map[string]*Machine{}
	for id, m := range a.Machines {
		out.Machines[id] = m.copy()
	}
	out.Volumes = nil
	for _, v := range a.Volumes {
		w := *v
		out.Volumes = append(out.Volumes, &w)
	}
	out.Releases = nil
	for _, r := range a.Releases {
		w := *r
		out.Releases = append(out.Releases, &w)
	}
	out.IPs = slices.Clone(a.IPs)
	return out
}
