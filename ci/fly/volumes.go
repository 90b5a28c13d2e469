package fly

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/superfly/fly-go"
)

// Volumes returns an app's volumes.
func (c *Client) Volumes(ctx context.Context, app string) ([]fly.Volume, error) {
	var out []fly.Volume
	return out, c.machines(ctx, http.MethodGet, "/apps/"+url.PathEscape(app)+"/volumes", nil, &out, nil)
}

// CreateVolume makes one volume of gb gigabytes. When the answer is lost, CreateVolume takes a new volume of that name
// and region for the one that it made.
func (c *Client) CreateVolume(ctx context.Context, app, name, region string, gb int) (*fly.Volume, error) {
	in := fly.CreateVolumeRequest{Name: name, Region: region, SizeGb: &gb}
	before, err := c.Volumes(ctx, app)
	if err != nil {
		return nil, err
	}
	out := new(fly.Volume)
	return out, c.make(ctx, func(ctx context.Context) error {
		return c.machines(ctx, http.MethodPost, "/apps/"+url.PathEscape(app)+"/volumes", in, out, nil)
	}, func(ctx context.Context) (bool, error) {
		all, err := c.Volumes(ctx, app)
		i := slices.IndexFunc(all, func(v fly.Volume) bool {
			return v.Name == name && v.Region == region && !slices.ContainsFunc(before, func(b fly.Volume) bool { return b.ID == v.ID })
		})
		if err != nil || i < 0 {
			return false, err
		}
		*out = all[i]
		return true, nil
	})
}
