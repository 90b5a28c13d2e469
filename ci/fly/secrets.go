package fly

import (
	"context"
	"net/http"
	"net/url"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/secret"
)

// Secrets lists the names and digests of an app's secrets. Fly never shows values.
func (c *Client) Secrets(ctx context.Context, app string) ([]fly.AppSecret, error) {
	var out fly.ListAppSecretsResp
	err := c.machines(ctx, http.MethodGet, "/apps/"+url.PathEscape(app)+"/secrets", nil, &out, nil)
	return out.Secrets, err
}

// SetSecrets writes a set in one call and returns its version, which a machine launched afterwards
// can be made to wait for. No machine is restarted.
func (c *Client) SetSecrets(ctx context.Context, app string, set secret.Set) (uint64, []fly.AppSecret, error) {
	values := map[string]*string{}
	for _, name := range set.Names() {
		v, _ := set.Get(name)
		plain := v.Reveal()
		values[name] = &plain
	}
	var out fly.UpdateAppSecretsResp
	in := fly.UpdateAppSecretsRequest{Values: values}
	err := c.machines(ctx, http.MethodPost, "/apps/"+url.PathEscape(app)+"/secrets", in, &out, nil)
	return out.Version, out.Secrets, err
}
