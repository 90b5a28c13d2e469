package fly

import (
	"context"
	"net/http"
	"net/url"

	"github.com/superfly/fly-go/flaps"
)

// App returns an app. NotFound recognises the error of an app that does not exist.
func (c *Client) App(ctx context.Context, name string) (*flaps.App, error) {
	app := new(flaps.App)
	return app, c.machines(ctx, http.MethodGet, "/apps/"+url.PathEscape(name), nil, app, nil)
}

// CreateApp makes an app in an organisation.
func (c *Client) CreateApp(ctx context.Context, name, org string) error {
	in := flaps.CreateAppRequest{Name: name, Org: org}
	return c.make(ctx, func(ctx context.Context) error {
		return c.machines(ctx, http.MethodPost, "/apps?wait=true", in, nil, nil)
	}, func(ctx context.Context) (bool, error) {
		app, err := c.App(ctx, name)
		if NotFound(err) {
			return false, nil
		}
		return err == nil && app.Organization.Slug == org, err
	})
}

// Addresses returns the addresses on which an app answers; an app without an address is private.
func (c *Client) Addresses(ctx context.Context, app string) ([]flaps.IPAssignment, error) {
	var out flaps.ListIPAssignmentsResponse
	err := c.machines(ctx, http.MethodGet, "/apps/"+url.PathEscape(app)+"/ip_assignments", nil, &out, nil)
	return out.IPs, err
}

// AssignAddress gives an app one address of a kind: shared_v4, v4, v6, private_v6.
func (c *Client) AssignAddress(ctx context.Context, app, org, kind string) error {
	in := flaps.AssignIPRequest{Type: kind, Organization: org}
	before, err := c.Addresses(ctx, app)
	if err != nil {
		return err
	}
	return c.make(ctx, func(ctx context.Context) error {
		return c.machines(ctx, http.MethodPost, "/apps/"+url.PathEscape(app)+"/ip_assignments", in, nil, nil)
	}, func(ctx context.Context) (bool, error) {
		now, err := c.Addresses(ctx, app)
		return len(now) > len(before), err
	})
}
