package registry

import (
	"cmp"
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strconv"

	"github.com/renewa/pipeline/flylocal/store"
)

// tags lists the tags of a repository, in pages when asked.
func (r *Registry) tags(w http.ResponseWriter, req *http.Request, repo string) {
	entries, err := os.ReadDir(r.folder(repo, "tags"))
	if err != nil {
		if _, err := os.Stat(r.folder(repo)); err != nil {
			refuse(w, &Refusal{http.StatusNotFound, "NAME_UNKNOWN", "repository unknown to registry: " + repo})
			return
		}
	}
	last, tags := req.URL.Query().Get("last"), []string{}
	for _, e := range entries {
		if tagForm.MatchString(e.Name()) && e.Name() > last {
			tags = append(tags, e.Name())
		}
	}
	slices.Sort(tags)
	if n, err := strconv.Atoi(req.URL.Query().Get("n")); err == nil && n >= 0 && n < len(tags) {
		tags = tags[:n]
		if n > 0 {
			w.Header().Set("Link", `</v2/`+repo+`/tags/list?n=`+strconv.Itoa(n)+`&last=`+tags[n-1]+`>; rel="next"`)
		}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"name": repo, "tags": tags})
}

// refer records that a manifest is about another one, as a signature is.
func (r *Registry) refer(repo, subject, digest string) error {
	if !digestForm.MatchString(subject) {
		return nil
	}
	return store.WriteFile(r.folder(repo, "referrers", hexOf(subject), hexOf(digest)), nil)
}

// referrers lists the manifests that refer to a manifest.
func (r *Registry) referrers(w http.ResponseWriter, req *http.Request, repo, subject string) {
	if !digestForm.MatchString(subject) {
		refuse(w, &Refusal{http.StatusBadRequest, "DIGEST_INVALID", "not a sha256 digest: " + subject})
		return
	}
	kind, found := req.URL.Query().Get("artifactType"), []map[string]any{}
	entries, _ := os.ReadDir(r.folder(repo, "referrers", hexOf(subject)))
	for _, e := range entries {
		digest := "sha256:" + e.Name()
		if _, there := r.resolve(repo, digest); !there {
			continue
		}
		data, err := r.bytesOf(digest)
		var m document
		if err != nil || json.Unmarshal(data, &m) != nil {
			continue
		}
		about := cmp.Or(m.ArtifactType, m.Config.MediaType)
		if kind != "" && kind != about {
			continue
		}
		found = append(found, map[string]any{
			"mediaType": r.mediaType(repo, digest), "digest": digest,
			"size": len(data), "artifactType": about, "annotations": m.Annotations,
		})
	}
	if kind != "" {
		w.Header().Set("OCI-Filters-Applied", "artifactType")
	}
	w.Header().Set("Content-Type", "application/vnd.oci.image.index.v1+json")
	_ = json.NewEncoder(w).Encode(map[string]any{
		"schemaVersion": 2,
		"mediaType":     "application/vnd.oci.image.index.v1+json", "manifests": found,
	})
}
