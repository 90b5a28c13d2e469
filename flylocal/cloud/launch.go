package cloud

import (
	"context"
	"encoding/json"
	"time"
)

// Launch is what a client asks for when it makes or updates a machine.
type Launch struct {
	Name           string          `json:"name"`
	Region         string          `json:"region"`
	Config         json.RawMessage `json:"config"`
	SkipLaunch     bool            `json:"skip_launch"`
	SkipService    bool            `json:"skip_service_registration"`
	SkipSecrets    bool            `json:"skip_secrets"`
	MinSecrets     *uint64         `json:"min_secrets_version"`
	LeaseTTL       int             `json:"lease_ttl"`
	CurrentVersion string          `json:"current_version"`
}

// Launch makes a machine. It is `created` when this returns; its keeper does the rest.
func (c *Cloud) Launch(ctx context.Context, app string, l Launch) (Machine, error) {
	cfg, img, err := c.prepare(ctx, app, &l)
	if err != nil {
		return Machine{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	a := c.apps[app]
	if a == nil {
		return Machine{}, noApp()
	}
	if l.Name == "" {
		l.Name = name()
	}
	for _, m := range a.Machines {
		if m.Name == l.Name && m.State != Destroyed {
			return Machine{}, problem(409, "already_exists: unique machine name violation, machine ID %s already exists with name %q", m.ID, l.Name)
		}
	}
	if l.Region == "" {
		l.Region = c.Regions[0]
	}
	now := time.Now().UTC()
	m := &Machine{
		ID: machineID(), Name: l.Name, Region: l.Region, Config: l.Config, Image: img, Instance: ulid(),
		Want: Started, Created: now, Cordoned: l.SkipService,
	}
	if l.SkipLaunch {
		m.Want = Stopped
	}
	m.Address = c.Host.Address(Key{app, m.ID})
	if err := a.attach(m, cfg); err != nil {
		return Machine{}, err
	}
	m.take(a, l)
	m.enter(Created)
	m.note("launch", Created, "user", nil)
	if l.LeaseTTL > 0 {
		m.Lease = newLease(l.LeaseTTL, "launch", "")
	}
	if a.Machines == nil {
		a.Machines = map[string]*Machine{}
	}
	a.Machines[m.ID] = m
	a.Deployed = true
	c.forget(a)
	if err := c.save(a); err != nil {
		delete(a.Machines, m.ID)
		return Machine{}, err
	}
	c.keep(Key{app, m.ID}).begin()
	return *m.copy(), nil
}

// prepare checks what can be checked before anything is changed.
func (c *Cloud) prepare(ctx context.Context, app string, l *Launch) (Config, Image, error) {
	if _, err := c.SecretsAt(app, deref(l.MinSecrets)); err != nil {
		return Config{}, Image{}, err
	}
	cfg, err := ParseConfig(l.Config)
	if err != nil {
		return cfg, Image{}, err
	}
	if cfg.Guest == nil {
		l.Config = withField(l.Config, "guest", Guest{Kind: "shared", CPUs: 1, MemoryMB: 256})
	}
	img, err := c.Find(ctx, cfg.Image)
	if err != nil {
		return cfg, img, err
	}
	if owner := c.owner(img); owner != "" {
		from, err := c.App(owner)
		here, _ := c.App(app)
		if err == nil && from.Org != here.Org {
			return cfg, img, problem(403, "image %s belongs to another organisation", cfg.Image)
		}
	}
	return cfg, img, nil
}

func (c *Cloud) owner(img Image) string {
	if c.Images == nil || !c.Images.Own(img.Registry) {
		return ""
	}
	return c.Images.Repository(img.Repository)
}

// take fixes the secrets a machine gets: those of now, until its next update. The lock is held.
func (m *Machine) take(a *App, l Launch) {
	m.Secrets, m.SecretsAt = nil, a.Secrets.Version
	if l.SkipSecrets {
		return
	}
	m.Secrets = map[string]string{}
	for name, s := range a.Secrets.Values {
		m.Secrets[name] = s.Value
	}
}

// forget drops machines that were destroyed long ago. The lock is held.
func (c *Cloud) forget(a *App) {
	for id, m := range a.Machines {
		if m.State == Destroyed && time.Since(m.Gone) > c.Remember {
			delete(a.Machines, id)
		}
	}
}

func deref(v *uint64) uint64 {
	if v == nil {
		return 0
	}
	return *v
}
