package registry

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"

	"github.com/renewa/pipeline/flylocal/store"
)

var digestForm = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

// blob serves the content of layers and configs. A blob is stored once, and linked from each repository that has it.
func (r *Registry) blob(w http.ResponseWriter, req *http.Request, repo, digest string) {
	if !digestForm.MatchString(digest) {
		refuse(w, &Refusal{http.StatusBadRequest, "DIGEST_INVALID", "not a sha256 digest: " + digest})
		return
	}
	if !r.has(repo, digest) {
		refuse(w, noBlob(digest))
		return
	}
	switch req.Method {
	case http.MethodGet, http.MethodHead:
		f, err := os.Open(r.blobPath(digest))
		if errors.Is(err, fs.ErrNotExist) {
			refuse(w, noBlob(digest))
			return
		}
		if err != nil {
			broken(w, err)
			return
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			broken(w, err)
			return
		}
		w.Header().Set("Docker-Content-Digest", digest)
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("Etag", `"`+digest+`"`)
		http.ServeContent(w, req, "", info.ModTime(), f) // ranges and HEAD
	case http.MethodDelete:
		if err := os.Remove(r.folder(repo, "blobs", hexOf(digest))); err != nil {
			broken(w, err)
			return
		}
		w.WriteHeader(http.StatusAccepted)
	default:
		unsupported(w, req)
	}
}

func (r *Registry) blobPath(digest string) string {
	return r.path("blobs", hexOf(digest)[:2], hexOf(digest))
}

// has reports whether a repository has a blob. A blob of another repository does not count.
func (r *Registry) has(repo, digest string) bool {
	_, err := os.Stat(r.folder(repo, "blobs", hexOf(digest)))
	return err == nil
}

func (r *Registry) link(repo, digest string) error {
	return store.WriteFile(r.folder(repo, "blobs", hexOf(digest)), nil)
}

// keep makes a finished upload a blob.
func (r *Registry) keep(repo, digest, upload string) error {
	path := r.blobPath(digest)
	if _, err := os.Stat(path); err == nil {
		_ = os.Remove(upload)
	} else if err := store.Publish(upload, path); err != nil {
		return err
	}
	return r.link(repo, digest)
}

// bytesOf reads a small blob: a manifest or config.
func (r *Registry) bytesOf(digest string) ([]byte, error) {
	return os.ReadFile(filepath.Clean(r.blobPath(digest)))
}
