package fly

import (
	"context"
	"net/http"
	"net/url"

	"github.com/superfly/fly-go"
)

// Volumes lists an app's volumes.
func (c *Client) Volumes(ctx context.Context, app string) ([]fly.Volume, error) {
	var out []fly.Volume
	return out, c.machines(ctx, http.MethodGet, "/apps/"+url.PathEscape(app)+"/volumes", nil, &out, nil)
}

// CreateVolume makes a volume of some gigabytes.
func (c *Client) CreateVolume(ctx context.Context, app, name, region string, gb int) (*fly.Volume, error) {
	in := fly.CreateVolumeRequest{Name: name, Region: region, SizeGb: &gb}
	out := new(fly.Volume)
	return out, c.machines(ctx, http.MethodPost, "/apps/"+url.PathEscape(app)+"/volumes", in, out, nil)
}
