// Package fly is the client of Fly.io, and of a Fly that runs on this machine.
//
// fly-go builds the requests and has the types and the tokens. This package sends the requests, repeats them and
// reads the answers, because fly-go's own transport repeats a POST after a 502, which may make a second machine, and
// sends a refused token again for a minute.
package fly

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/superfly/fly-go/flaps"
	"github.com/superfly/fly-go/tokens"
	"golang.org/x/time/rate"

	"github.com/renewa/pipeline/ci/release/image"
	"github.com/renewa/pipeline/ci/release/registry"
)

// TokenPrefix begins every token of a local Fly, so that no token is sent to the wrong Fly.
const TokenPrefix = "flylocal_"

// Client is a connection to one Fly with one token.
type Client struct {
	requests *flaps.Client
	root     []byte // hash of the token, from which Key derives keys
	tokens   *tokens.Tokens
	http     *http.Client
	local    *url.URL          // nil: Fly's cloud
	direct   http.RoundTripper // nil: http.DefaultTransport
	pause    time.Duration     // before a request is sent for the second time
	patience time.Duration     // timeout of a GET, which is then repeated: a dead connection may never be closed
	holder   string            // description of this client's leases, for other deploys
	port     int               // of the local Fly on the user's machine
	seen     *configs
	launches *launchPace
}

// Options names the Fly to connect to and has the token.
type Options struct {
	Token string // as flyctl prints it, any of Fly's kinds
	Base  string // http://host:port of a local Fly; empty means Fly's cloud

	// For tests.
	Transport http.RoundTripper // nil means http.DefaultTransport
	Pause     time.Duration     // before a request is sent for the second time, which also scales the time between two launches; 0 means 250 ms
	Patience  time.Duration     // timeout of a GET, which is then repeated; 0 means 10 s
}

// Dial returns a client. A token that is missing or belongs to the other kind of Fly is an error before any request.
func Dial(ctx context.Context, o Options) (*Client, error) {
	if err := checkToken(o); err != nil {
		return nil, err
	}
	root := sha256.Sum256([]byte("pipeline\x00" + strings.TrimSpace(o.Token)))
	c := &Client{
		root: root[:], tokens: tokens.Parse(strings.TrimSpace(o.Token)), seen: newConfigs(), direct: o.Transport,
		pause: cmp.Or(o.Pause, 250*time.Millisecond), patience: cmp.Or(o.Patience, 10*time.Second),
	}
	c.launches = &launchPace{every: c.pause * 21 / 5, apps: map[string]*rate.Limiter{}}
	if o.Base != "" {
		u, err := url.Parse(o.Base)
		if err != nil {
			return nil, fmt.Errorf("the address %q of the local Fly cannot be read: %w", o.Base, err)
		}
		c.local = u
	}
	c.http = &http.Client{Transport: rebase{cmp.Or(c.direct, http.DefaultTransport), c.local}, Timeout: 90 * time.Second, CheckRedirect: noRedirect}
	var err error
	if c.requests, err = flaps.NewWithOptions(ctx, flaps.NewClientOpts{Tokens: c.tokens}); err != nil {
		return nil, fmt.Errorf("the Fly client cannot be created: %w", err)
	}
	if c.local != nil {
		return c, c.identify(ctx)
	}
	return c, nil
}

// ErrNoTarget is for people who have just cloned the repository.
var ErrNoTarget = errors.New(`no target: neither Fly.io nor a local Fly is configured here, so nothing was done. Choose one:
  make up                                 starts a Fly on this machine and writes .env
  cp .env.example .env, then edit it      for Fly.io, or give --token env://FLY_API_TOKEN`)

func checkToken(o Options) error {
	token := strings.TrimSpace(o.Token)
	ours := strings.HasPrefix(token, TokenPrefix)
	switch {
	case token == "":
		return errors.New("no Fly token: the given token is empty")
	case o.Base == "" && ours:
		return errors.New("this token is for flylocal, but no local Fly was given: add --fly tcp://127.0.0.1:4280, or give a token of Fly.io")
	case o.Base != "" && !ours:
		return errors.New("this token is not for flylocal, so it was not sent to the address of --fly: give flylocal's token, or omit --fly to reach Fly.io")
	}
	return nil
}

// Local reports whether this is a Fly that runs on the user's machine.
func (c *Client) Local() bool { return c.local != nil }

// Name returns the name of this Fly, for the first line of every report.
func (c *Client) Name() string {
	if c.Local() {
		return fmt.Sprintf("flylocal (127.0.0.1:%d)", c.port)
	}
	return "Fly.io"
}

// URL returns the address of an app for a browser on the user's machine.
func (c *Client) URL(app string) string {
	if c.Local() {
		return fmt.Sprintf("http://%s.localhost:%d", app, c.port)
	}
	return "https://" + app + ".fly.dev"
}

// Fetch requests a page of an app and decodes its JSON into out. Its timeout is 5 s.
func (c *Client) Fetch(ctx context.Context, app, path string, out any) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.URL(app)+path, nil)
	if err != nil {
		return err
	}
	page := *c.http
	page.CheckRedirect = nil // an app may redirect
	resp, err := page.Do(req)
	if err != nil {
		return fmt.Errorf("%s%s cannot be read: %w", c.URL(app), path, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s%s cannot be read: %s", c.URL(app), path, resp.Status)
	}
	return json.NewDecoder(resp.Body).Decode(out)
}

// Registry returns the registry of this Fly, with the client's token.
func (c *Client) Registry() registry.Registry {
	r := registry.Registry{Host: registry.Host, Token: c.tokens.Docker(), Transport: c.direct}
	if c.Local() {
		r.Host, r.Insecure = c.local.Host, true
		r.Names = []string{fmt.Sprintf("localhost:%d", c.port), fmt.Sprintf("127.0.0.1:%d", c.port)}
	}
	return r
}

// Commit returns the commit of an image's sources, or image.Elsewhere. Its timeout is 5 s.
func (c *Client) Commit(ctx context.Context, repository, digest string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	ref, err := image.Parse(registry.Host + "/" + repository + "@" + digest)
	if err != nil {
		return "", err
	}
	info, err := c.Registry().Inspect(ctx, ref)
	if err != nil {
		return "", err
	}
	return info.Commit(), nil
}
