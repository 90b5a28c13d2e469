package flaps

import (
	"net/http"

	"github.com/renewa/pipeline/flylocal/answer"
	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/problem"
)

func (a *API) volumes() {
	const all, one = "/v1/apps/{app}/volumes", "/v1/apps/{app}/volumes/{vol}"
	a.app("GET "+all, func(w http.ResponseWriter, r *http.Request, app cloud.App) {
		vols := app.Volumes
		if vols == nil {
			vols = []*cloud.Volume{}
		}
		answer.JSON(w, http.StatusOK, vols)
	})
	a.app("POST "+all, func(w http.ResponseWriter, r *http.Request, app cloud.App) {
		var in struct {
			Name   string `json:"name"`
			Region string `json:"region"`
			Size   int    `json:"size_gb"`
		}
		if !answer.Read(w, r, &in) {
			return
		}
		v, err := a.cloud.CreateVolume(app.Name, in.Name, in.Region, in.Size)
		answer.Result(w, http.StatusOK, v, err)
	})
	a.app("GET "+one, func(w http.ResponseWriter, r *http.Request, app cloud.App) {
		for _, v := range app.Volumes {
			if v.ID == r.PathValue("vol") {
				answer.JSON(w, http.StatusOK, v)
				return
			}
		}
		answer.Refuse(w, http.StatusNotFound, "volume not found")
	})
	a.app("DELETE "+one, func(w http.ResponseWriter, r *http.Request, app cloud.App) {
		v, err := a.cloud.DeleteVolume(app.Name, r.PathValue("vol"))
		answer.Result(w, http.StatusOK, v, err)
	})
	a.app("PUT "+one, a.changeVolume)
	a.app("PUT "+one+"/extend", a.extendVolume)
	a.app("GET "+one+"/snapshots", func(w http.ResponseWriter, r *http.Request, app cloud.App) {
		answer.JSON(w, http.StatusOK, []any{}) // flylocal takes no snapshots
	})
}

func (a *API) changeVolume(w http.ResponseWriter, r *http.Request, app cloud.App) {
	var in struct {
		Retention *int  `json:"snapshot_retention"`
		Backup    *bool `json:"auto_backup_enabled"`
	}
	if !answer.Read(w, r, &in) {
		return
	}
	v, err := a.cloud.ChangeVolume(app.Name, r.PathValue("vol"), func(v *cloud.Volume) error {
		if in.Retention != nil {
			v.Retention = *in.Retention
		}
		if in.Backup != nil {
			v.Backup = *in.Backup
		}
		return nil
	})
	answer.Result(w, http.StatusOK, v, err)
}

func (a *API) extendVolume(w http.ResponseWriter, r *http.Request, app cloud.App) {
	var in struct {
		Size int `json:"size_gb"`
	}
	if !answer.Read(w, r, &in) {
		return
	}
	v, err := a.cloud.ChangeVolume(app.Name, r.PathValue("vol"), func(v *cloud.Volume) error {
		if in.Size < v.SizeGB {
			return problem.New(http.StatusUnprocessableEntity, "a volume can only grow")
		}
		v.SizeGB = in.Size
		return nil
	})
	answer.Result(w, http.StatusOK, map[string]any{"volume": v, "needs_restart": false}, err)
}
