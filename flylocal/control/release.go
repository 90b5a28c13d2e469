package control

import (
	"cmp"
	"encoding/json"
	"net/http"
	"time"

	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/id"
	"github.com/renewa/pipeline/flylocal/problem"
)

// CreateRelease adds a release with the next version.
func (c *Cloud) CreateRelease(app string, r cloud.Release) (cloud.Release, error) {
	err := c.changeApp(app, func(a *cloud.App) error {
		r.ID, r.Version, r.Created = id.Node(id.ULID()), len(a.Releases)+1, time.Now().UTC()
		r.Updated, r.Status = r.Created, cmp.Or(r.Status, "pending")
		kept := r
		a.Releases = append(a.Releases, &kept)
		return c.save(a)
	})
	return r, err
}

// UpdateRelease sets the status of a release, and its metadata if there is any.
func (c *Cloud) UpdateRelease(id, status string, metadata json.RawMessage) (cloud.Release, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	a, r := c.release(id)
	if r == nil {
		return cloud.Release{}, problem.New(http.StatusNotFound, "release not found")
	}
	r.Status, r.Updated = status, time.Now().UTC()
	if len(metadata) > 0 && string(metadata) != "null" {
		r.Metadata = metadata
	}
	return *r, c.save(a)
}

// ReleaseOf returns the app of a release.
func (c *Cloud) ReleaseOf(id string) (cloud.App, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	a, _ := c.release(id)
	if a == nil {
		return cloud.App{}, problem.New(http.StatusNotFound, "release not found")
	}
	return a.Copy(), nil
}

// release returns a release and its app, or nil. The lock is held.
func (c *Cloud) release(id string) (*cloud.App, *cloud.Release) {
	for _, a := range c.apps {
		for _, r := range a.Releases {
			if r.ID == id {
				return a, r
			}
		}
	}
	return nil, nil
}
