package registry

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
)

var uploadForm = regexp.MustCompile(`^[0-9a-f]{32}$`)

// upload receives a blob: at once, in pieces, or by a mount from another repository.
func (r *Registry) upload(w http.ResponseWriter, req *http.Request, repo, id string) {
	if req.Method == http.MethodPost && id == "" {
		r.begin(w, req, repo)
		return
	}
	if !uploadForm.MatchString(id) {
		refuse(w, &Refusal{http.StatusNotFound, "BLOB_UPLOAD_UNKNOWN", "upload unknown to registry"})
		return
	}
	info, err := os.Stat(r.path("uploads", id))
	if err != nil {
		refuse(w, &Refusal{http.StatusNotFound, "BLOB_UPLOAD_UNKNOWN", "upload unknown to registry: begin again"})
		return
	}
	switch req.Method {
	case http.MethodGet:
		r.accepted(w, repo, id, info.Size(), http.StatusNoContent)
	case http.MethodPatch:
		var from int64
		if n, _ := fmt.Sscanf(req.Header.Get("Content-Range"), "%d-", &from); n == 1 && from != info.Size() {
			r.accepted(w, repo, id, info.Size(), http.StatusRequestedRangeNotSatisfiable)
			return
		}
		size, err := r.append(id, req.Body)
		if err != nil {
			broken(w, err)
			return
		}
		r.accepted(w, repo, id, size, http.StatusAccepted)
	case http.MethodPut:
		r.finish(w, req, repo, id, req.URL.Query().Get("digest"))
	case http.MethodDelete:
		_ = os.Remove(r.path("uploads", id))
		w.WriteHeader(http.StatusNoContent)
	default:
		unsupported(w, req)
	}
}

// begin starts an upload, or finishes one at once: by a mount, or with the whole content.
func (r *Registry) begin(w http.ResponseWriter, req *http.Request, repo string) {
	q := req.URL.Query()
	if mount, from := q.Get("mount"), q.Get("from"); r.mount(req, repo, mount, from) {
		r.created(w, repo, mount)
		return
	}
	b := make([]byte, 16)
	rand.Read(b)
	id := hex.EncodeToString(b)
	if digest := q.Get("digest"); digest != "" {
		r.finish(w, req, repo, id, digest)
		return
	}
	if err := os.WriteFile(r.path("uploads", id), nil, 0o600); err != nil {
		broken(w, err)
		return
	}
	r.accepted(w, repo, id, 0, http.StatusAccepted)
}

// mount gives the repository a blob that another one has, and reports whether it could.
func (r *Registry) mount(req *http.Request, repo, digest, from string) bool {
	if !digestForm.MatchString(digest) || !repositoryName.MatchString(from) || !r.has(from, digest) {
		return false
	}
	if r.access != nil && r.access.Check(req, from, false) != nil {
		return false // an ordinary upload follows
	}
	return r.link(repo, digest) == nil
}

// finish takes the last piece, and refuses content of another digest.
func (r *Registry) finish(w http.ResponseWriter, req *http.Request, repo, id, digest string) {
	if !digestForm.MatchString(digest) {
		refuse(w, &Refusal{http.StatusBadRequest, "DIGEST_INVALID", "not a sha256 digest: " + digest})
		return
	}
	path := r.path("uploads", id)
	if _, err := r.append(id, req.Body); err != nil {
		broken(w, err)
		return
	}
	f, err := os.Open(path)
	if err != nil {
		broken(w, err)
		return
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		broken(w, err)
		return
	}
	if got := "sha256:" + hex.EncodeToString(sum.Sum(nil)); got != digest {
		_ = os.Remove(path)
		refuse(w, &Refusal{http.StatusBadRequest, "DIGEST_INVALID", "the content is " + got + ", not " + digest})
		return
	}
	if err := f.Sync(); err != nil {
		broken(w, err)
		return
	}
	if err := r.keep(repo, digest, path); err != nil {
		broken(w, err)
		return
	}
	r.created(w, repo, digest)
}

func (r *Registry) append(id string, body io.Reader) (int64, error) {
	f, err := os.OpenFile(r.path("uploads", id), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	if _, err := io.Copy(f, body); err != nil {
		return 0, err
	}
	return f.Seek(0, io.SeekEnd)
}

func (r *Registry) accepted(w http.ResponseWriter, repo, id string, size int64, status int) {
	w.Header().Set("Location", "/v2/"+repo+"/blobs/uploads/"+id)
	w.Header().Set("Docker-Upload-Uuid", id)
	w.Header().Set("Range", fmt.Sprintf("0-%d", max(size-1, 0)))
	w.WriteHeader(status)
}

func (r *Registry) created(w http.ResponseWriter, repo, digest string) {
	w.Header().Set("Location", "/v2/"+repo+"/blobs/"+digest)
	w.Header().Set("Docker-Content-Digest", digest)
	w.WriteHeader(http.StatusCreated)
}
