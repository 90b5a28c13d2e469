package fly

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"net/http"
	"net/url"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/config/secret"
)

// Secrets lists the names and digests of an app's secrets. Fly never shows values.
func (c *Client) Secrets(ctx context.Context, app string) ([]fly.AppSecret, error) {
	var out fly.ListAppSecretsResp
	err := c.machines(ctx, http.MethodGet, "/apps/"+url.PathEscape(app)+"/secrets", nil, &out, nil)
	return out.Secrets, err
}

// SetSecrets writes a set and takes names away, in one call: it is done whole or not at all. It returns the
// version, which a machine launched afterwards can be made to wait for. No machine is restarted.
func (c *Client) SetSecrets(ctx context.Context, app string, set secret.Set, unset ...string) (uint64, []fly.AppSecret, error) {
	values := map[string]*string{}
	for _, name := range unset {
		values[name] = nil
	}
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

// Key is a key for one purpose that only who holds this client's token can make. Nobody comes from the key
// to the token.
func (c *Client) Key(purpose string) []byte {
	mac := hmac.New(sha256.New, c.root)
	mac.Write([]byte(purpose))
	return mac.Sum(nil)
}
