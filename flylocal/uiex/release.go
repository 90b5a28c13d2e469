package uiex

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/renewa/pipeline/flylocal/answer"
	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/token"
)

// view returns a release as flyctl decodes it: as {"release": …} when it is created, bare when it is read or changed.
func view(r *cloud.Release) map[string]any {
	return map[string]any{
		"id": r.ID, "version": r.Version, "stable": r.Status == "complete", "in_progress": !r.Done(), "status": r.Status,
		"strategy": r.Strategy, "description": "Release", "reason": r.Reason, "image_ref": r.Image, "created_at": r.Created, "updated_at": r.Updated,
		"user": r.User + "@localhost", "metadata": r.Metadata,
	}
}

func (a *API) releases() {
	a.mux.HandleFunc("POST /api/v1/releases", a.createRelease)
	a.mux.HandleFunc("PATCH /api/v1/releases/{id}", a.updateRelease)
	a.mux.HandleFunc("GET /api/v1/apps/{app}/releases", func(w http.ResponseWriter, r *http.Request) {
		app, ok := a.app(w, r, r.PathValue("app"), false)
		if !ok {
			return
		}
		limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
		if err != nil || limit < 1 {
			limit = 25
		}
		all := []map[string]any{}
		for _, x := range slices.Backward(app.Releases) {
			if len(all) < limit {
				all = append(all, view(x))
			}
		}
		answer.JSON(w, http.StatusOK, map[string]any{"releases": all})
	})
	a.mux.HandleFunc("GET /api/v1/apps/{app}/releases/current", func(w http.ResponseWriter, r *http.Request) {
		app, ok := a.app(w, r, r.PathValue("app"), false)
		if !ok {
			return
		}
		if len(app.Releases) == 0 {
			answer.Refuse(w, http.StatusNotFound, "release not found")
			return
		}
		answer.JSON(w, http.StatusOK, view(app.Releases[len(app.Releases)-1]))
	})
	a.mux.HandleFunc("GET /api/v1/releases/all_current", func(w http.ResponseWriter, r *http.Request) {
		times, t := map[string]time.Time{}, token.From(r.Context())
		for _, app := range a.cloud.Apps() {
			if n := len(app.Releases); n > 0 && t.Sees(app.Org, app.Name) {
				times[app.Name] = app.Releases[n-1].Created
			}
		}
		answer.JSON(w, http.StatusOK, times)
	})
}

func (a *API) createRelease(w http.ResponseWriter, r *http.Request) {
	var in struct {
		App        string          `json:"app_name"`
		Definition json.RawMessage `json:"definition"`
		Image      string          `json:"image"`
		Strategy   string          `json:"strategy"`
		Reason     string          `json:"reason"`
	}
	if !answer.Read(w, r, &in) {
		return
	}
	app, ok := a.app(w, r, in.App, true)
	if !ok {
		return
	}
	made, err := a.cloud.CreateRelease(app.Name, cloud.Release{Image: in.Image, Strategy: in.Strategy, Definition: in.Definition, Reason: in.Reason, User: "local"})
	answer.Result(w, http.StatusCreated, map[string]any{"release": view(&made)}, err)
}

func (a *API) updateRelease(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Status   string          `json:"status"`
		Metadata json.RawMessage `json:"metadata"`
	}
	if !answer.Read(w, r, &in) {
		return
	}
	owner, err := a.cloud.ReleaseOf(r.PathValue("id"))
	if err != nil {
		answer.Error(w, err)
		return
	}
	if _, ok := a.app(w, r, owner.Name, true); !ok {
		return
	}
	changed, err := a.cloud.UpdateRelease(r.PathValue("id"), in.Status, in.Metadata)
	answer.Result(w, http.StatusOK, view(&changed), err)
}
