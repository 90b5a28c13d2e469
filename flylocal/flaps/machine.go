package flaps

import (
	"net/http"
	"strings"

	"github.com/renewa/pipeline/flylocal/answer"
	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/control"
)

func (a *API) machines() {
	a.app("GET /v1/apps/{app}/machines", a.listMachines)
	a.app("POST /v1/apps/{app}/machines", a.launch)
	const one = "/v1/apps/{app}/machines/{id}"
	a.machine("GET "+one, a.getMachine)
	a.machine("POST "+one, a.update)
	a.machine("PATCH "+one, a.update)
	a.machine("DELETE "+one, func(w http.ResponseWriter, r *http.Request, k cloud.Key) {
		q := r.URL.Query()
		answer.Done(w, a.cloud.Destroy(k, nonce(r), q.Get("kill") == "true" || q.Get("force") == "true"))
	})
	a.actions(one)
}

// actions adds what can be done with one machine.
func (a *API) actions(one string) {
	a.machine("POST "+one+"/start", func(w http.ResponseWriter, r *http.Request, k cloud.Key) {
		previous, err := a.cloud.Start(k, nonce(r))
		answer.Result(w, http.StatusOK, map[string]any{"previous_state": previous, "migrated": false, "new_host": ""}, err)
	})
	a.machine("POST "+one+"/stop", a.stop)
	a.machine("POST "+one+"/restart", a.restart)
	a.machine("POST "+one+"/signal", a.signal)
	a.machine("POST "+one+"/suspend", func(w http.ResponseWriter, r *http.Request, k cloud.Key) {
		answer.Done(w, a.cloud.Suspend(k, nonce(r)))
	})
	a.machine("POST "+one+"/cordon", func(w http.ResponseWriter, r *http.Request, k cloud.Key) {
		answer.Done(w, a.cloud.Cordon(k, nonce(r), true))
	})
	a.machine("POST "+one+"/uncordon", func(w http.ResponseWriter, r *http.Request, k cloud.Key) {
		answer.Done(w, a.cloud.Cordon(k, nonce(r), false))
	})
	a.machine("GET "+one+"/wait", a.wait)
	a.machine("GET "+one+"/events", func(w http.ResponseWriter, r *http.Request, k cloud.Key) {
		if m, err := a.cloud.Machine(k); err == nil {
			answer.JSON(w, http.StatusOK, m.Events)
		}
	})
	a.machine("GET "+one+"/versions", a.versions)
	a.machine("GET "+one+"/metadata", a.metadata)
	a.machine("POST "+one+"/metadata/{key}", a.setMetadata)
	a.machine("DELETE "+one+"/metadata/{key}", func(w http.ResponseWriter, r *http.Request, k cloud.Key) {
		if err := a.cloud.SetMetadata(k, nonce(r), r.PathValue("key"), nil); err != nil {
			answer.Error(w, err)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	a.machine("POST "+one+"/exec", a.exec)
	a.machine("GET "+one+"/ps", func(w http.ResponseWriter, r *http.Request, k cloud.Key) {
		all, err := a.cloud.Processes(r.Context(), k)
		answer.Result(w, http.StatusOK, all, err)
	})
}

// listMachines leaves out destroyed ones unless asked for, and filters by region, state and metadata.
func (a *API) listMachines(w http.ResponseWriter, r *http.Request, app cloud.App) {
	q, views := r.URL.Query(), []machineView{}
	for _, m := range app.Machines {
		if m.State == cloud.Destroyed && q.Get("include_deleted") != "true" && q.Get("state") != cloud.Destroyed {
			continue
		}
		if s := q.Get("state"); s != "" && s != m.State {
			continue
		}
		if reg := q.Get("region"); reg != "" && reg != m.Region {
			continue
		}
		fits, meta := true, m.View().Metadata
		for key, values := range q {
			if name, ok := strings.CutPrefix(key, "metadata."); ok && meta[name] != values[0] {
				fits = false
			}
		}
		if fits {
			views = append(views, viewMachine(*m))
		}
	}
	sortMachines(views)
	answer.JSON(w, http.StatusOK, views)
}

func (a *API) getMachine(w http.ResponseWriter, r *http.Request, k cloud.Key) {
	m, err := a.cloud.Machine(k)
	answer.Result(w, http.StatusOK, viewMachine(m), err)
}

func (a *API) launch(w http.ResponseWriter, r *http.Request, app cloud.App) {
	var in control.Launch
	if !answer.Read(w, r, &in) {
		return
	}
	m, err := a.cloud.Launch(r.Context(), app.Name, in)
	if err != nil {
		answer.Error(w, err)
		return
	}
	view := viewMachine(m)
	if m.Lease != nil {
		view.Nonce = m.Lease.Nonce
	}
	answer.JSON(w, http.StatusOK, view)
}

func (a *API) update(w http.ResponseWriter, r *http.Request, k cloud.Key) {
	var in control.Launch
	if !answer.Read(w, r, &in) {
		return
	}
	m, err := a.cloud.Update(r.Context(), k, in, nonce(r))
	answer.Result(w, http.StatusOK, viewMachine(m), err)
}

func (a *API) versions(w http.ResponseWriter, r *http.Request, k cloud.Key) {
	m, err := a.cloud.Machine(k)
	answer.Result(w, http.StatusOK, []map[string]any{{"version": m.Instance, "user_config": m.Config}}, err)
}
