package cloud

import (
	"encoding/json"
	"time"
)

// Release is a deployment as its client told it: Fly believes what it is told.
type Release struct {
	ID         string          `json:"id"`
	Version    int             `json:"version"`
	Status     string          `json:"status"`
	Strategy   string          `json:"strategy"`
	Image      string          `json:"image_ref"`
	Definition json.RawMessage `json:"definition,omitempty"`
	Metadata   json.RawMessage `json:"metadata,omitempty"`
	Reason     string          `json:"reason,omitempty"`
	User       string          `json:"user"`
	Created    time.Time       `json:"created_at"`
	Updated    time.Time       `json:"updated_at"`
}

// Done reports whether the release is over.
func (r Release) Done() bool { return r.Status != "pending" && r.Status != "running" }

// CreateRelease adds a release with the next version.
func (c *Cloud) CreateRelease(app string, r Release) (Release, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	a := c.apps[app]
	if a == nil {
		return Release{}, noApp()
	}
	r.ID, r.Version, r.Created = NodeID(ulid()), len(a.Releases)+1, time.Now().UTC()
	r.Updated = r.Created
	if r.Status == "" {
		r.Status = "pending"
	}
	a.Releases = append(a.Releases, &r)
	return r, c.save(a)
}

// UpdateRelease changes the status of a release.
func (c *Cloud) UpdateRelease(id, status string, metadata json.RawMessage) (app string, _ Release, _ error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, a := range c.apps {
		for _, r := range a.Releases {
			if r.ID != id {
				continue
			}
			r.Status, r.Updated = status, time.Now().UTC()
			if len(metadata) > 0 && string(metadata) != "null" {
				r.Metadata = metadata
			}
			return a.Name, *r, c.save(a)
		}
	}
	return "", Release{}, problem(404, "release not found")
}

// ReleaseOf finds the app a release belongs to.
func (c *Cloud) ReleaseOf(id string) (App, error) {
	for _, a := range c.Apps() {
		for _, r := range a.Releases {
			if r.ID == id {
				return a, nil
			}
		}
	}
	return App{}, problem(404, "release not found")
}
