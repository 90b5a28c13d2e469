package fly

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/superfly/fly-go"
)

// Held is the error for a lease that somebody else holds.
type Held struct {
	Machine string
	Owner   string // as Fly names it, usually the email address behind a token
	Expires string // as Fly wrote it
	What    string // the description in the lease; may be empty
	cause   error
}

func (h *Held) Error() string {
	s := fmt.Sprintf("machine %s is leased by %s until %s", h.Machine, h.Owner, h.Expires)
	if h.What != "" {
		s += " (" + h.What + ")"
	}
	return s
}

// Busy reports that a later attempt may succeed, because the lease expires.
func (h *Held) Busy() bool { return true }

func (h *Held) Unwrap() error { return h.cause }

// Lease reserves a machine for ttl, in whole seconds, and returns the nonce that later requests must have. With the
// nonce of a lease, Lease renews that lease. A lease that somebody else holds is a *Held error.
func (c *Client) Lease(ctx context.Context, app, id string, ttl time.Duration, nonce string) (string, error) {
	path := fmt.Sprintf("%s/lease?ttl=%d", machinesPath(app, id), int(ttl.Seconds()))
	var in any
	if c.holder != "" {
		in = map[string]string{"description": c.holder}
	}
	var out fly.MachineLease
	err := c.machines(ctx, http.MethodPost, path, in, &out, withNonce(nonce))
	if status(err) == http.StatusConflict {
		return "", c.heldBy(ctx, app, id, err)
	}
	if err != nil {
		return "", err
	}
	if out.Data == nil || out.Data.Nonce == "" {
		return "", fmt.Errorf("machine %s is not leased: Fly's answer has no nonce", id)
	}
	return out.Data.Nonce, nil
}

// WithHolder returns a client whose leases have a description of their holder, which other deploys print.
func (c *Client) WithHolder(what string) *Client {
	with := *c
	with.holder = what
	return &with
}

// heldBy returns the error for a lease, with the holder from Fly's message and the description from the lease.
func (c *Client) heldBy(ctx context.Context, app, id string, cause error) *Held {
	h := &Held{Machine: id, Owner: "somebody", Expires: "an unknown time", cause: cause}
	if m := leaseHeld.FindStringSubmatch(cause.Error()); m != nil {
		h.Owner, h.Expires = m[1], m[2]
	}
	var lease struct{ Data struct{ Description string } }
	if c.machines(ctx, http.MethodGet, machinesPath(app, id)+"/lease", nil, &lease, nil) == nil {
		h.What = lease.Data.Description
	}
	return h
}

// Unlease gives a lease back. A lease that has expired is no error.
func (c *Client) Unlease(ctx context.Context, app, id, nonce string) error {
	err := c.machines(ctx, http.MethodDelete, machinesPath(app, id)+"/lease", nil, nil, withNonce(nonce))
	if NotFound(err) {
		return nil
	}
	return err
}
