package flaps

import (
	"net/http"
	"strconv"

	"github.com/renewa/pipeline/flylocal/answer"
	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/token"
)

func (a *API) leases() {
	const path = "/v1/apps/{app}/machines/{id}/lease"
	a.machine("GET "+path, func(w http.ResponseWriter, r *http.Request, k cloud.Key) {
		l, version, err := a.cloud.Lease(k)
		if err != nil {
			answer.Error(w, err)
			return
		}
		l.Nonce = "" // only the holder of the lease gets it
		writeLease(w, http.StatusOK, l, version)
	})
	a.machine("POST "+path, a.acquire)
	a.machine("DELETE "+path, func(w http.ResponseWriter, r *http.Request, k cloud.Key) {
		answer.Done(w, a.cloud.ReleaseLease(k, nonce(r)))
	})
}

// acquire takes a lease; with the nonce of the lease in force it renews that one.
func (a *API) acquire(w http.ResponseWriter, r *http.Request, k cloud.Key) {
	var in struct {
		TTL         int    `json:"ttl"`
		Description string `json:"description"`
	}
	if !answer.Read(w, r, &in) {
		return
	}
	if t := r.URL.Query().Get("ttl"); t != "" {
		in.TTL, _ = strconv.Atoi(t)
	}
	m, err := a.cloud.AcquireLease(k, nonce(r), in.TTL, owner(token.From(r.Context())), in.Description)
	if err != nil {
		answer.Error(w, err)
		return
	}
	writeLease(w, http.StatusCreated, *m.Lease, m.Instance)
}

func owner(t token.Token) string {
	name := string(t.Scope)
	if t.App != "" {
		name += "-" + t.App
	}
	return name + "@tokens.localhost"
}

func writeLease(w http.ResponseWriter, status int, l cloud.Lease, version string) {
	answer.JSON(w, status, map[string]any{"status": "success", "data": map[string]any{
		"nonce": l.Nonce, "expires_at": l.Expires.Unix(), "owner": l.Owner, "description": l.Description, "version": version,
	}})
}
