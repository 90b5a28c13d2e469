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

// Secrets returns the names and digests of an app's secrets. Fly never returns values.
func (c *Client) Secrets(ctx context.Context, app string) ([]fly.AppSecret, error) {
	var out fly.ListAppSecretsResp
	err := c.machines(ctx, http.MethodGet, "/apps/"+url.PathEscape(app)+"/secrets", nil, &out, nil)
	return out.Secrets, err
}

// SetSecrets writes a set and removes names, in one request that succeeds or fails as a whole. It returns the
// version, for which a machine launched later can wait. No machine restarts.
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

// Key returns a key for one purpose, derived from the client's token. The key does not reveal the token.
func (c *Client) Key(purpose string) []byte {
	mac := hmac.New(sha256.New, c.root)
	mac.Write([]byte(purpose))
	return mac.Sum(nil)
}
