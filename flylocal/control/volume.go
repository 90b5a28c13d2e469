package control

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/id"
	"github.com/renewa/pipeline/flylocal/problem"
)

// CreateVolume creates an empty volume.
func (c *Cloud) CreateVolume(app, name, region string, size int) (cloud.Volume, error) {
	if name == "" || len(name) > 30 {
		return cloud.Volume{}, problem.New(http.StatusUnprocessableEntity, "a volume's name has 1 to 30 characters, not %d", len(name))
	}
	v := cloud.Volume{
		ID: id.Volume(), Name: name, State: "created", SizeGB: cmp.Or(size, 1), Region: cmp.Or(region, c.Regions[0]), Zone: "local",
		Encrypted: true, Created: time.Now().UTC(), HostState: "ok", Retention: 5,
	}
	return v, c.changeApp(app, func(a *cloud.App) error {
		kept := v
		a.Volumes = append(a.Volumes, &kept)
		return c.save(a)
	})
}

// ChangeVolume lets f change a volume.
func (c *Cloud) ChangeVolume(app, id string, f func(*cloud.Volume) error) (now cloud.Volume, err error) {
	err = c.volume(app, id, func(a *cloud.App, v *cloud.Volume) error {
		if err := f(v); err != nil {
			return err
		}
		now = *v
		return c.save(a)
	})
	return now, err
}

// DeleteVolume deletes a volume that is attached to no machine.
func (c *Cloud) DeleteVolume(app, id string) (gone cloud.Volume, err error) {
	err = c.volume(app, id, func(a *cloud.App, v *cloud.Volume) error {
		if v.Machine != nil {
			return problem.New(http.StatusPreconditionFailed, "volume %s is attached to machine %s: destroy the machine first", id, *v.Machine)
		}
		a.Volumes = slices.DeleteFunc(a.Volumes, func(x *cloud.Volume) bool { return x == v })
		if err := c.save(a); err != nil {
			return err
		}
		gone = *v
		gone.State = "pending_destroy"
		if err := c.Host.RemoveVolume(c.ctx, id); err != nil {
			c.Log.Error("a volume is not removed", "volume", id, "error", err)
		}
		return nil
	})
	return gone, err
}

// volume calls f with a volume of an app under the lock.
func (c *Cloud) volume(app, id string, f func(*cloud.App, *cloud.Volume) error) error {
	return c.changeApp(app, func(a *cloud.App) error {
		v := a.Volume(id)
		if v == nil {
			return problem.New(http.StatusNotFound, "volume not found")
		}
		return f(a, v)
	})
}
