package control

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/config"
	"github.com/renewa/pipeline/flylocal/id"
	"github.com/renewa/pipeline/flylocal/problem"
)

// Launch is the request that creates or updates a machine.
type Launch struct {
	Name           string          `json:"name"`
	Region         string          `json:"region"`
	Config         json.RawMessage `json:"config"`
	SkipLaunch     bool            `json:"skip_launch"`
	SkipService    bool            `json:"skip_service_registration"`
	SkipSecrets    bool            `json:"skip_secrets"`
	MinSecrets     uint64          `json:"min_secrets_version"`
	LeaseTTL       int             `json:"lease_ttl"`
	CurrentVersion string          `json:"current_version"`
}

// Launch creates a machine. It is `created` when Launch returns; its keeper starts it.
func (c *Cloud) Launch(ctx context.Context, app string, l Launch) (cloud.Machine, error) {
	cfg, img, err := c.prepare(ctx, app, &l)
	if err != nil {
		return cloud.Machine{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	a := c.apps[app]
	if a == nil {
		return cloud.Machine{}, problem.NoApp()
	}
	l.Name, l.Region = cmp.Or(l.Name, id.Name()), cmp.Or(l.Region, c.Regions[0])
	for _, m := range a.Machines {
		if m.Name == l.Name && m.State != cloud.Destroyed {
			return cloud.Machine{}, problem.New(http.StatusConflict, "already_exists: unique machine name violation, machine ID %s already exists with name %q", m.ID, l.Name)
		}
	}
	m, err := c.machineOf(a, l, cfg, img)
	if err != nil {
		return cloud.Machine{}, err
	}
	if a.Machines == nil {
		a.Machines = map[string]*cloud.Machine{}
	}
	a.Machines[m.ID] = m
	a.Deployed = true
	c.forget(a)
	if err := c.save(a); err != nil {
		delete(a.Machines, m.ID)
		return cloud.Machine{}, err
	}
	c.keep(cloud.Key{App: app, Machine: m.ID}, nil)
	return *m.Copy(), nil
}

// machineOf returns the record of a new machine, with its volumes and secrets. The lock is held.
func (c *Cloud) machineOf(a *cloud.App, l Launch, cfg config.Config, img cloud.Image) (*cloud.Machine, error) {
	m := &cloud.Machine{
		ID: id.Machine(), Name: l.Name, Region: l.Region, Config: l.Config, Image: img, Instance: id.ULID(),
		Want: l.want(), Created: time.Now().UTC(), Cordoned: l.SkipService,
	}
	m.Address = c.Host.Address(cloud.Key{App: a.Name, Machine: m.ID})
	if err := a.Attach(m, cfg); err != nil {
		return nil, err
	}
	m.TakeSecrets(a.Secrets, l.SkipSecrets)
	m.Enter(cloud.Created)
	m.Note("launch", cloud.Created, "user", nil)
	if l.LeaseTTL > 0 {
		m.Lease = cloud.NewLease(l.LeaseTTL, "launch", "")
	}
	return m, nil
}

// want returns the state that the request asks for.
func (l Launch) want() string {
	if l.SkipLaunch {
		return cloud.Stopped
	}
	return cloud.Started
}

// prepare checks the request before anything is changed, and finds its image.
func (c *Cloud) prepare(ctx context.Context, app string, l *Launch) (config.Config, cloud.Image, error) {
	if _, err := c.SecretsAt(app, l.MinSecrets); err != nil {
		return config.Config{}, cloud.Image{}, err
	}
	cfg, err := config.Parse(l.Config)
	if err != nil {
		return cfg, cloud.Image{}, err
	}
	if cfg.Guest == nil {
		l.Config = config.WithField(l.Config, "guest", config.Guest{Kind: "shared", CPUs: 1, MemoryMB: 256})
	}
	img, err := c.Find(ctx, cfg.Image)
	if err != nil {
		return cfg, img, err
	}
	if owner := c.owner(img); owner != "" {
		from, err := c.App(owner)
		here, _ := c.App(app)
		if err == nil && from.Org != here.Org {
			return cfg, img, problem.New(http.StatusForbidden, "image %s belongs to another organisation", cfg.Image)
		}
	}
	return cfg, img, nil
}

// owner returns the app whose repository an image is in, if that is in this registry.
func (c *Cloud) owner(img cloud.Image) string {
	if c.Images == nil || !c.Images.Own(img.Registry) {
		return ""
	}
	return c.Images.Repository(img.Repository)
}

// forget drops machines that were destroyed long ago. The lock is held.
func (c *Cloud) forget(a *cloud.App) {
	for id, m := range a.Machines {
		if m.State == cloud.Destroyed && time.Since(m.Gone) > c.Remember {
			delete(a.Machines, id)
		}
	}
}
