package flaps

import (
	"net/http"
	"strconv"
	"time"

	"github.com/renewa/pipeline/flylocal/answer"
	"github.com/renewa/pipeline/flylocal/cloud"
)

type secretView struct {
	Name    string    `json:"name"`
	Digest  string    `json:"digest"`
	Value   *string   `json:"value,omitempty"`
	Created time.Time `json:"created_at"`
	Updated time.Time `json:"updated_at"`
}

func (a *API) secrets() {
	const all, one = "/v1/apps/{app}/secrets", "/v1/apps/{app}/secrets/{name}"
	a.app("GET "+all, a.listSecrets)
	a.app("POST "+all, func(w http.ResponseWriter, r *http.Request, app cloud.App) {
		var in struct {
			Values map[string]*string `json:"values"`
		}
		if !answer.Read(w, r, &in) {
			return
		}
		a.setSecrets(w, app, in.Values)
	})
	a.app("GET "+one, a.getSecret)
	a.app("POST "+one, func(w http.ResponseWriter, r *http.Request, app cloud.App) {
		var in struct {
			Value string `json:"value"`
		}
		if !answer.Read(w, r, &in) {
			return
		}
		name := r.PathValue("name")
		s, err := a.cloud.SetSecrets(app.Name, map[string]*string{name: &in.Value})
		if err != nil {
			answer.Error(w, err)
			return
		}
		v := s.Values[name]
		answer.JSON(w, http.StatusCreated, map[string]any{"name": name, "digest": v.Digest(), "created_at": v.Created, "updated_at": v.Updated, "version": s.Version})
	})
	a.app("DELETE "+one, func(w http.ResponseWriter, r *http.Request, app cloud.App) {
		name := r.PathValue("name")
		if _, ok := app.Secrets.Values[name]; !ok {
			answer.Refuse(w, http.StatusNotFound, "secret not found")
			return
		}
		a.setSecrets(w, app, map[string]*string{name: nil})
	})
}

func (a *API) setSecrets(w http.ResponseWriter, app cloud.App, values map[string]*string) {
	s, err := a.cloud.SetSecrets(app.Name, values)
	answer.Result(w, http.StatusOK, map[string]any{"secrets": viewSecrets(s, false), "version": s.Version}, err)
}

// at returns the secrets, unless they have not reached the version of the request.
func (a *API) at(w http.ResponseWriter, r *http.Request, app cloud.App) (cloud.Secrets, bool) {
	min := uint64(0)
	if v := r.URL.Query().Get("version"); v != "" {
		var err error
		if min, err = strconv.ParseUint(v, 10, 64); err != nil {
			answer.Refuse(w, http.StatusBadRequest, "invalid_argument: version %q", v)
			return cloud.Secrets{}, false
		}
	}
	s, err := a.cloud.SecretsAt(app.Name, min)
	if err != nil {
		answer.Error(w, err)
		return s, false
	}
	return s, true
}

func (a *API) listSecrets(w http.ResponseWriter, r *http.Request, app cloud.App) {
	if s, ok := a.at(w, r, app); ok {
		answer.JSON(w, http.StatusOK, map[string]any{"secrets": viewSecrets(s, shown(r)), "version": s.Version})
	}
}

func (a *API) getSecret(w http.ResponseWriter, r *http.Request, app cloud.App) {
	s, ok := a.at(w, r, app)
	if !ok {
		return
	}
	for _, v := range viewSecrets(s, shown(r)) {
		if v.Name == r.PathValue("name") {
			answer.JSON(w, http.StatusOK, v)
			return
		}
	}
	answer.Refuse(w, http.StatusNotFound, "secret not found")
}

func shown(r *http.Request) bool { return r.URL.Query().Get("show_secrets") == "true" }

// viewSecrets shows values only if show is set.
func viewSecrets(s cloud.Secrets, show bool) []secretView {
	views := []secretView{}
	for _, name := range s.Names() {
		x := s.Values[name]
		v := secretView{Name: name, Digest: x.Digest(), Created: x.Created, Updated: x.Updated}
		if show {
			v.Value = &x.Value
		}
		views = append(views, v)
	}
	return views
}
