package registry

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"

	"github.com/renewa/pipeline/flylocal/store"
)

const maxManifest = 4 << 20

var tagForm = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$`)

func (r *Registry) manifest(w http.ResponseWriter, req *http.Request, repo, ref string) {
	switch req.Method {
	case http.MethodGet, http.MethodHead:
		digest, ok := r.resolve(repo, ref)
		if !ok {
			refuse(w, noManifest(ref))
			return
		}
		data, err := r.bytesOf(digest)
		if err != nil {
			refuse(w, noManifest(ref))
			return
		}
		w.Header().Set("Docker-Content-Digest", digest)
		w.Header().Set("Content-Type", r.mediaType(repo, digest))
		w.Header().Set("Content-Length", strconv.Itoa(len(data)))
		if req.Method == http.MethodGet {
			_, _ = w.Write(data)
		}
	case http.MethodPut:
		r.put(w, req, repo, ref)
	case http.MethodDelete:
		r.remove(w, repo, ref)
	default:
		unsupported(w, req)
	}
}

// put stores a manifest, once the repository has all its blobs.
func (r *Registry) put(w http.ResponseWriter, req *http.Request, repo, ref string) {
	data, err := io.ReadAll(http.MaxBytesReader(w, req.Body, maxManifest))
	if err != nil {
		refuse(w, &Refusal{http.StatusRequestEntityTooLarge, "SIZE_INVALID", err.Error()})
		return
	}
	sum := sha256.Sum256(data)
	digest := "sha256:" + hex.EncodeToString(sum[:])
	byDigest := strings.Contains(ref, ":")
	if byDigest && ref != digest {
		refuse(w, &Refusal{http.StatusBadRequest, "DIGEST_INVALID", "the manifest is " + digest + ", not " + ref})
		return
	}
	if !byDigest && !tagForm.MatchString(ref) {
		refuse(w, &Refusal{http.StatusBadRequest, "TAG_INVALID", "invalid tag " + ref})
		return
	}
	var m document
	if err := json.Unmarshal(data, &m); err != nil {
		refuse(w, &Refusal{http.StatusBadRequest, "MANIFEST_INVALID", err.Error()})
		return
	}
	if missing := r.missing(repo, m); missing != "" {
		refuse(w, &Refusal{http.StatusBadRequest, "MANIFEST_BLOB_UNKNOWN", "push " + missing + " first"})
		return
	}
	mediaType := cmp.Or(req.Header.Get("Content-Type"), m.MediaType)
	if err := r.write(repo, ref, digest, mediaType, data); err != nil {
		broken(w, err)
		return
	}
	if m.Subject != nil {
		if err := r.refer(repo, m.Subject.Digest, digest); err != nil {
			broken(w, err)
			return
		}
		w.Header().Set("OCI-Subject", m.Subject.Digest)
	}
	w.Header().Set("Location", "/v2/"+repo+"/manifests/"+digest)
	w.Header().Set("Docker-Content-Digest", digest)
	w.WriteHeader(http.StatusCreated)
}

// write writes the tag last, so that a tag never names a missing manifest.
func (r *Registry) write(repo, ref, digest, mediaType string, data []byte) error {
	if err := store.WriteFile(r.blobPath(digest), data); err != nil {
		return err
	}
	if err := r.link(repo, digest); err != nil {
		return err
	}
	if err := store.WriteFile(r.folder(repo, "manifests", hexOf(digest)), []byte(mediaType)); err != nil {
		return err
	}
	if ref == digest {
		return nil
	}
	return store.WriteFile(r.folder(repo, "tags", ref), []byte(digest))
}

func (r *Registry) remove(w http.ResponseWriter, repo, ref string) {
	path := r.folder(repo, "tags", ref)
	if digestForm.MatchString(ref) {
		path = r.folder(repo, "manifests", hexOf(ref))
	}
	if err := os.Remove(path); err != nil {
		refuse(w, noManifest(ref))
		return
	}
	w.WriteHeader(http.StatusAccepted)
}
