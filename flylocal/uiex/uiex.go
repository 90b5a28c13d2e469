// Package uiex is the REST API of Fly's web interface, as far as deploy tools use it: releases, builds, logs.
package uiex

import (
	"net/http"

	"github.com/renewa/pipeline/flylocal/answer"
	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/control"
	"github.com/renewa/pipeline/flylocal/graph"
	"github.com/renewa/pipeline/flylocal/id"
	"github.com/renewa/pipeline/flylocal/token"
)

// API serves /api/v1.
type API struct {
	cloud *control.Cloud
	mux   *http.ServeMux
}

// New returns the API of a cloud.
func New(c *control.Cloud) *API {
	a := &API{cloud: c, mux: http.NewServeMux()}
	a.mux.HandleFunc("GET /api/v1/organizations", func(w http.ResponseWriter, r *http.Request) {
		orgs := []map[string]any{}
		for _, slug := range graph.Organizations(c, token.From(r.Context())) {
			orgs = append(orgs, organization(slug))
		}
		answer.JSON(w, http.StatusOK, map[string]any{"organizations": orgs})
	})
	a.mux.HandleFunc("GET /api/v1/organizations/{slug}", func(w http.ResponseWriter, r *http.Request) {
		slug := r.PathValue("slug")
		if t := token.From(r.Context()); t.Org != "" && t.Org != slug {
			answer.Refuse(w, http.StatusNotFound, "organization not found")
			return
		}
		answer.JSON(w, http.StatusOK, map[string]any{"organization": organization(slug)})
	})
	a.builds()
	a.releases()
	a.mux.HandleFunc("GET /api/v1/apps/{app}/logs", a.logs)
	a.mux.HandleFunc("/", answer.Unknown)
	return a
}

// ServeHTTP answers a request whose token was checked; the token is in the context.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.mux.ServeHTTP(w, r) }

func organization(slug string) map[string]any {
	return map[string]any{
		"id": id.Node(slug), "internal_numeric_id": id.Number(slug), "slug": slug, "raw_slug": slug, "name": slug,
		"paid_plan": true, "personal": slug == "personal", "billable": true, "billing_status": "CURRENT",
	}
}

// app returns an app that the client may see, or change. Otherwise it has answered.
func (a *API) app(w http.ResponseWriter, r *http.Request, name string, change bool) (cloud.App, bool) {
	app, err := a.cloud.App(name)
	if err != nil {
		answer.Error(w, err)
		return app, false
	}
	t := token.From(r.Context())
	if !t.Sees(app.Org, app.Name) || change && !t.Changes(app.Org, app.Name) {
		answer.Refuse(w, http.StatusForbidden, "unauthorized: this token is not for app %s", name)
		return app, false
	}
	return app, true
}

// builds acknowledges the builds that clients report. flylocal builds nothing.
func (a *API) builds() {
	for _, path := range []string{"POST /api/v1/builds", "POST /api/v1/builds/finish"} {
		a.mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			var in struct {
				App    string `json:"app_name"`
				Status string `json:"status"`
			}
			if !answer.Read(w, r, &in) {
				return
			}
			if _, ok := a.app(w, r, in.App, true); ok {
				answer.JSON(w, http.StatusOK, map[string]any{"id": 1, "status": in.Status, "wallclock_time_ms": 1})
			}
		})
	}
}
