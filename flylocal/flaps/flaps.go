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

// New returns the API of a cloud.
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

// ServeHTTP answers a request whose token was checked; the token is in the context.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.mux.ServeHTTP(w, r) }

// app adds a handler for an app. The client may see the app, and may change it unless the request only reads.
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

// machine adds a handler for one machine, which may be destroyed.
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
