// Package fly talks to Fly.io, or to a Fly that runs on this machine, and closes the traps of fly-go's client.
//
// fly-go builds the requests, owns the types and knows the tokens. What is sent, how often and how an
// answer is read is decided here: fly-go's own transport repeats a POST after a 502 and retries a
// refused token for a minute, and either may cost a second machine or a minute of a user's time.
package fly

import (
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

	"github.com/renewa/pipeline/ci/release/registry"
)

// TokenPrefix starts every token of a local Fly, so that neither kind is ever sent to the other.
const TokenPrefix = "flylocal_"

// Client is a connection to one Fly with one token.
type Client struct {
	requests *flaps.Client
	root     []byte // of every Key
	tokens   *tokens.Tokens
	http     *http.Client
	local    *url.URL          // nil: Fly's cloud
	direct   http.RoundTripper // nil: the usual one
	pause    time.Duration     // before a request is sent for the second time
	patience time.Duration     // with a question, which can be asked again: a connection may die without a word
	holder   string            // what leases say of whoever holds them
	port     int               // of the local Fly on the user's machine
	seen     *configs
}

// Options says which Fly to talk to, and as whom.
type Options struct {
	Token string // as flyctl prints it, any of Fly's kinds
	Base  string // http://host:port of a local Fly; empty means Fly's cloud

	// For tests.
	Transport http.RoundTripper // nil means http.DefaultTransport
	Pause     time.Duration     // before a request is sent for the second time; 0 means a quarter of a second
	Patience  time.Duration     // with a question that gets no answer, before it is asked again; 0 means 10 seconds
}

// Dial checks that token and Fly belong together and returns a connection. It fails before any
// request when the token is missing or of the wrong kind.
func Dial(ctx context.Context, o Options) (*Client, error) {
	if err := checkToken(o); err != nil {
		return nil, err
	}
	root := sha256.Sum256([]byte("pipeline\x00" + strings.TrimSpace(o.Token)))
	c := &Client{root: root[:], tokens: tokens.Parse(strings.TrimSpace(o.Token)), seen: newConfigs(), direct: o.Transport, pause: o.Pause, patience: o.Patience}
	base := c.direct
	if base == nil {
		base = http.DefaultTransport
	}
	if c.pause == 0 {
		c.pause = 250 * time.Millisecond
	}
	if c.patience == 0 {
		c.patience = 10 * time.Second
	}
	if o.Base != "" {
		u, err := url.Parse(o.Base)
		if err != nil {
			return nil, fmt.Errorf("read address of the local Fly %q: %w", o.Base, err)
		}
		c.local = u
	}
	c.http = &http.Client{Transport: rebase{base, c.local}, Timeout: 90 * time.Second}
	var err error
	if c.requests, err = flaps.NewWithOptions(ctx, flaps.NewClientOpts{Tokens: c.tokens}); err != nil {
		return nil, fmt.Errorf("make Fly client: %w", err)
	}
	if c.local != nil {
		return c, c.identify(ctx)
	}
	return c, nil
}

func checkToken(o Options) error {
	token := strings.TrimSpace(o.Token)
	ours := strings.HasPrefix(token, TokenPrefix)
	switch {
	case token == "":
		return errors.New("no Fly token: the one given is empty")
	case o.Base == "" && ours:
		return errors.New("this token is flylocal's, and no local Fly was named: add --fly tcp://127.0.0.1:4280, or give a token of Fly.io")
	case o.Base != "" && !ours:
		return errors.New("this token is not flylocal's, and is not sent to the local Fly that --fly names: give flylocal's token, or leave --fly out to reach Fly.io")
	}
	return nil
}

// identify refuses to take just any server for a local Fly.
func (c *Client) identify(ctx context.Context) error {
	var who struct {
		Flylocal bool `json:"flylocal"`
		Port     int  `json:"port"`
	}
	if err := c.api(ctx, http.MethodGet, "/_flylocal", nil, &who); err != nil {
		return fmt.Errorf("reach the local Fly: %w\nIs it running? `make up` starts it", err)
	}
	if !who.Flylocal {
		return errors.New("what answers at --fly is not flylocal: nothing was sent to it. `make up` starts flylocal; leave --fly out to reach Fly.io")
	}
	c.port = who.Port
	return nil
}

// Local reports whether this is a Fly that runs on the user's machine.
func (c *Client) Local() bool { return c.local != nil }

// Name says which Fly this is, for the first line of every report.
func (c *Client) Name() string {
	if c.Local() {
		return fmt.Sprintf("flylocal (127.0.0.1:%d)", c.port)
	}
	return "Fly.io"
}

// URL is where a browser on the user's machine finds an app.
func (c *Client) URL(app string) string {
	if c.Local() {
		return fmt.Sprintf("http://%s.localhost:%d", app, c.port)
	}
	return "https://" + app + ".fly.dev"
}

// Fetch reads a JSON page of an app from where this program runs.
func (c *Client) Fetch(ctx context.Context, app, path string, out any) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.URL(app)+path, nil)
	if err != nil {
		return err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("read %s%s: %w", c.URL(app), path, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("read %s%s: %s", c.URL(app), path, resp.Status)
	}
	return json.NewDecoder(resp.Body).Decode(out)
}

// Registry is the registry of this Fly, with this token.
func (c *Client) Registry() registry.Registry {
	r := registry.Registry{Host: registry.Host, Token: c.tokens.Docker(), Transport: c.direct}
	if c.Local() {
		r.Host, r.Insecure = c.local.Host, true
	}
	return r
}
