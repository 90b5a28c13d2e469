package flaps

import (
	"net/http"

	"github.com/renewa/pipeline/flylocal/answer"
	"github.com/renewa/pipeline/flylocal/cloud"
)

func (a *API) addresses() {
	const path = "/v1/apps/{app}/ip_assignments"
	a.app("GET "+path, func(w http.ResponseWriter, r *http.Request, app cloud.App) {
		ips := app.IPs
		if ips == nil {
			ips = []cloud.IP{}
		}
		answer.JSON(w, http.StatusOK, map[string]any{"ips": ips})
	})
	a.app("POST "+path, func(w http.ResponseWriter, r *http.Request, app cloud.App) {
		var in struct {
			Type    string `json:"type"`
			Region  string `json:"region"`
			Service string `json:"service_name"`
		}
		if !answer.Read(w, r, &in) {
			return
		}
		ip, err := a.cloud.AssignIP(app.Name, in.Type, in.Region, in.Service)
		answer.Result(w, http.StatusOK, ip, err)
	})
	a.app("DELETE "+path+"/{ip}", func(w http.ResponseWriter, r *http.Request, app cloud.App) {
		answer.Done(w, a.cloud.ReleaseIP(app.Name, r.PathValue("ip")))
	})
}
