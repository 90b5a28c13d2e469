package registry

import (
	"encoding/json"
	"net/http"
)

func refuse(w http.ResponseWriter, no *Refusal) {
	type item struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(no.Status)
	_ = json.NewEncoder(w).Encode(map[string][]item{"errors": {{no.Code, no.Message}}})
}

func broken(w http.ResponseWriter, err error) {
	refuse(w, &Refusal{http.StatusInternalServerError, "UNKNOWN", err.Error()})
}

func unsupported(w http.ResponseWriter, req *http.Request) {
	refuse(w, &Refusal{http.StatusNotImplemented, "UNSUPPORTED", "flylocal's registry does not know " + req.Method + " " + req.URL.Path})
}

func noBlob(digest string) *Refusal {
	return &Refusal{http.StatusNotFound, "BLOB_UNKNOWN", "blob unknown to registry: " + digest}
}

func noManifest(ref string) *Refusal {
	return &Refusal{http.StatusNotFound, "MANIFEST_UNKNOWN", "manifest unknown: " + ref}
}
