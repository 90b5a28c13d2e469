// Package flaps is Fly's Machines API: REST under /v1.
package flaps

import (
	"net/http"

	"github.com/renewa/pipeline/flylocal/answer"
	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/control"
	"github.com/renewa/pipeline/flylocal/token"
)

// API serves /v1.
type API struct {
	cloud *control.Cloud
	mux   *http.ServeMux
}

// New makes the API of a cloud.
func New(c *control.Cloud) *API {
	a := &API{cloud: c, mux: http.NewServeMux()}
	a.apps()
	a.machines()
	a.leases()
	a.secrets()
	a.volumes()
	a.addresses()
	a.platform()
	a.mux.HandleFunc("/", answer.Unknown)
	return a
}

// ServeHTTP answers; the token was checked before and is in the context.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.mux.ServeHTTP(w, r) }

// app is a handler for an app that the caller may see, and change unless the request only reads.
func (a *API) app(pattern string, h func(w http.ResponseWriter, r *http.Request, app cloud.App)) {
	a.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		app, err := a.cloud.App(r.PathValue("app"))
		if err != nil {
			answer.Error(w, err)
			return
		}
		t := token.From(r.Context())
		if !t.Sees(app.Org, app.Name) {
			answer.Refuse(w, http.StatusForbidden, "unauthorized: this token is not for app %s", app.Name)
			return
		}
		if r.Method != http.MethodGet && !t.Changes(app.Org, app.Name) {
			answer.Refuse(w, http.StatusForbidden, "unauthorized: this token may read app %s, not change it", app.Name)
			return
		}
		h(w, r, app)
	})
}

// machine is a handler for one machine, which may be destroyed.
func (a *API) machine(pattern string, h func(w http.ResponseWriter, r *http.Request, k cloud.Key)) {
	a.app(pattern, func(w http.ResponseWriter, r *http.Request, app cloud.App) {
		k := cloud.Key{App: app.Name, Machine: r.PathValue("id")}
		if app.Machines[k.Machine] == nil {
			answer.Refuse(w, http.StatusNotFound, "machine not found")
			return
		}
		h(w, r, k)
	})
}

func nonce(r *http.Request) string { return r.Header.Get("fly-machine-lease-nonce") }

// done answers an action that tells nothing but how it went.
func done(w http.ResponseWriter, err error) {
	if err != nil {
		answer.Error(w, err)
		return
	}
	answer.OK(w)
}
