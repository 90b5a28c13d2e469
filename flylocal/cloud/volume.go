package cloud

import (
	"slices"
	"time"
)

// Volume is a disk that outlives machines.
type Volume struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	State     string    `json:"state"`
	SizeGB    int       `json:"size_gb"`
	Region    string    `json:"region"`
	Zone      string    `json:"zone"`
	Encrypted bool      `json:"encrypted"`
	Created   time.Time `json:"created_at"`
	Machine   *string   `json:"attached_machine_id"`
	HostState string    `json:"host_status"`
	Retention int       `json:"snapshot_retention"`
	Backup    bool      `json:"auto_backup_enabled"`
}

// CreateVolume makes an empty disk.
func (c *Cloud) CreateVolume(app, name, region string, size int) (Volume, error) {
	if name == "" || len(name) > 30 {
		return Volume{}, problem(422, "a volume's name has 1 to 30 characters, not %d", len(name))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	a := c.apps[app]
	if a == nil {
		return Volume{}, noApp()
	}
	if region == "" {
		region = c.Regions[0]
	}
	if size == 0 {
		size = 1
	}
	v := &Volume{
		ID: "vol_" + machineID() + "0", Name: name, State: "created", SizeGB: size, Region: region, Zone: "local",
		Encrypted: true, Created: time.Now().UTC(), HostState: "ok", Retention: 5,
	}
	a.Volumes = append(a.Volumes, v)
	return *v, c.save(a)
}

// ChangeVolume lets f alter a volume.
func (c *Cloud) ChangeVolume(app, id string, f func(*Volume) error) (Volume, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	a := c.apps[app]
	if a == nil {
		return Volume{}, noApp()
	}
	v := a.volume(id)
	if v == nil {
		return Volume{}, problem(404, "volume not found")
	}
	if err := f(v); err != nil {
		return Volume{}, err
	}
	return *v, c.save(a)
}

// DeleteVolume removes a disk that no machine holds.
func (c *Cloud) DeleteVolume(app, id string) (Volume, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	a := c.apps[app]
	if a == nil {
		return Volume{}, noApp()
	}
	v := a.volume(id)
	if v == nil {
		return Volume{}, problem(404, "volume not found")
	}
	if v.Machine != nil {
		return Volume{}, problem(412, "volume %s is attached to machine %s: destroy the machine first", id, *v.Machine)
	}
	a.Volumes = slices.DeleteFunc(a.Volumes, func(x *Volume) bool { return x.ID == id })
	if err := c.save(a); err != nil {
		return Volume{}, err
	}
	gone := *v
	gone.State = "pending_destroy"
	if err := c.Host.RemoveVolume(c.ctx, id); err != nil {
		c.Log.Error("a volume is left behind", "volume", id, "error", err)
	}
	return gone, nil
}

func (a *App) volume(id string) *Volume {
	for _, v := range a.Volumes {
		if v.ID == id {
			return v
		}
	}
	return nil
}

// attach gives the machine's mounts to it: by identifier, or any free volume of that name.
func (a *App) attach(m *Machine, cfg Config) error {
	var taken []*Volume
	for i, want := range cfg.Mounts {
		var v *Volume
		for _, x := range a.Volumes {
			mine := x.Machine == nil || *x.Machine == m.ID
			if mine && !slices.Contains(taken, x) && (x.ID == want.Volume || want.Volume == "" && x.Name == want.Name || x.Name == want.Volume) {
				v = x
				break
			}
		}
		if v == nil {
			return problem(422, "mount %d at %s: no free volume %q in app %s", i, want.Path, want.Volume+want.Name, a.Name)
		}
		taken = append(taken, v)
	}
	a.detach(m.ID)
	m.Volumes = nil
	for _, v := range taken {
		id := m.ID
		v.Machine = &id
		m.Volumes = append(m.Volumes, v.ID)
	}
	return nil
}

func (a *App) detach(machine string) {
	for _, v := range a.Volumes {
		if v.Machine != nil && *v.Machine == machine {
			v.Machine = nil
		}
	}
}
