package flaps

import (
	"net/http"

	"github.com/renewa/pipeline/flylocal/answer"
	"github.com/renewa/pipeline/flylocal/cloud"
)

func (a *API) metadata(w http.ResponseWriter, r *http.Request, k cloud.Key) {
	m, err := a.cloud.Machine(k)
	if err != nil {
		answer.Error(w, err)
		return
	}
	meta := m.View().Metadata
	if meta == nil {
		meta = map[string]string{}
	}
	answer.JSON(w, http.StatusOK, meta)
}

func (a *API) setMetadata(w http.ResponseWriter, r *http.Request, k cloud.Key) {
	var in struct {
		Value string `json:"value"`
	}
	if !answer.Read(w, r, &in) {
		return
	}
	if err := a.cloud.SetMetadata(k, nonce(r), r.PathValue("key"), &in.Value); err != nil {
		answer.Error(w, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
