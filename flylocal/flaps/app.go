package flaps

import (
	"net/http"

	"github.com/renewa/pipeline/flylocal/answer"
	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/id"
	"github.com/renewa/pipeline/flylocal/token"
)

type appView struct {
	ID       string  `json:"id"`
	Name     string  `json:"name"`
	Number   int32   `json:"internal_numeric_id"`
	Network  string  `json:"network"`
	Status   string  `json:"status"`
	Machines int     `json:"machine_count"`
	Volumes  int     `json:"volume_count"`
	Org      orgView `json:"organization"`
	CNAME    string  `json:"cname_target"`
	Role     string  `json:"app_role"`
}

type orgView struct {
	Name   string `json:"name"`
	Slug   string `json:"slug"`
	Number int32  `json:"internal_numeric_id"`
}

func viewApp(a cloud.App) appView {
	return appView{
		ID: a.ID, Name: a.Name, Number: id.Number(a.Name), Network: a.Network, Status: a.Status(),
		Machines: len(a.Active()), Volumes: len(a.Volumes), CNAME: a.Name + ".localhost", Role: a.Role,
		Org: orgView{a.Org, a.Org, id.Number(a.Org)},
	}
}

func (a *API) apps() {
	a.mux.HandleFunc("POST /v1/apps", a.createApp)
	a.mux.HandleFunc("GET /v1/apps", a.listApps)
	a.app("GET /v1/apps/{app}", func(w http.ResponseWriter, r *http.Request, app cloud.App) {
		answer.JSON(w, http.StatusOK, viewApp(app))
	})
	a.app("DELETE /v1/apps/{app}", func(w http.ResponseWriter, r *http.Request, app cloud.App) {
		if !token.From(r.Context()).Creates(app.Org) {
			answer.Refuse(w, http.StatusForbidden, "unauthorized: deleting app %s takes an org token", app.Name)
			return
		}
		if err := a.cloud.DeleteApp(app.Name); err != nil {
			answer.Error(w, err)
			return
		}
		w.WriteHeader(http.StatusAccepted)
	})
}

func (a *API) createApp(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Name    string `json:"name"`
		AppName string `json:"app_name"` // its name in Fly's documentation
		Org     string `json:"org_slug"`
		Network string `json:"network"`
		Role    string `json:"app_role_id"`
	}
	if !answer.Read(w, r, &in) {
		return
	}
	if in.Name == "" {
		in.Name = in.AppName
	}
	if !token.From(r.Context()).Creates(in.Org) {
		answer.Refuse(w, http.StatusForbidden, "unauthorized: creating apps in organisation %q takes an org token for it", in.Org)
		return
	}
	app, err := a.cloud.CreateApp(in.Name, in.Org, in.Network, in.Role)
	answer.Result(w, http.StatusCreated, viewApp(app), err)
}

func (a *API) listApps(w http.ResponseWriter, r *http.Request) {
	org, role, t := r.URL.Query().Get("org_slug"), r.URL.Query().Get("app_role"), token.From(r.Context())
	views := []appView{}
	for _, app := range a.cloud.Apps() {
		if t.Sees(app.Org, app.Name) && (org == "" || org == app.Org) && (role == "" || role == app.Role) {
			views = append(views, viewApp(app))
		}
	}
	answer.JSON(w, http.StatusOK, map[string]any{"apps": views, "total_apps": len(views)})
}
