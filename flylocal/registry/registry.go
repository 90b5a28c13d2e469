// Package registry is an OCI image registry that keeps images on disk and asks for each request whether it is allowed.
package registry

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Access decides about requests. A nil Access allows everything.
type Access interface {
	// Check returns a Refusal when the request may not read, or write, the repository.
	// An empty repository asks whether the caller may talk to the registry at all.
	Check(r *http.Request, repository string, write bool) *Refusal
}

// Refusal is the error answer to a request.
type Refusal struct {
	Status  int
	Code    string // of the OCI distribution specification
	Message string
}

// Registry is an http.Handler for /v2/.
type Registry struct {
	dir    string
	access Access
}

// Open returns a registry that keeps its images in a folder.
func Open(dir string, access Access) (*Registry, error) {
	for _, sub := range []string{"blobs", "repositories", "uploads"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			return nil, fmt.Errorf("open registry: %w", err)
		}
	}
	r := &Registry{dir: dir, access: access}
	if err := r.sweep(); err != nil {
		return nil, fmt.Errorf("open registry: %w", err)
	}
	return r, nil
}

// route matches the path of a request. A ServeMux cannot: repository names contain slashes.
var route = regexp.MustCompile(`^/v2/(.+)/(blobs/uploads|blobs|manifests|tags|referrers)/?([^/]*)$`)

var repositoryName = regexp.MustCompile(`^[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*$`)

// ServeHTTP answers as the OCI distribution specification asks.
func (r *Registry) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	w.Header().Set("Docker-Distribution-Api-Version", "registry/2.0")
	if req.URL.Path == "/v2/" || req.URL.Path == "/v2" {
		if r.allowed(w, req, "", false) {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, "{}")
		}
		return
	}
	parts := route.FindStringSubmatch(req.URL.Path)
	if parts == nil {
		unsupported(w, req)
		return
	}
	repo, kind, rest := parts[1], parts[2], parts[3]
	if !repositoryName.MatchString(repo) {
		refuse(w, &Refusal{http.StatusBadRequest, "NAME_INVALID", "invalid repository name " + repo})
		return
	}
	write := req.Method != http.MethodGet && req.Method != http.MethodHead
	if !r.allowed(w, req, repo, write || kind == "blobs/uploads") {
		return
	}
	switch kind {
	case "blobs/uploads":
		r.upload(w, req, repo, rest)
	case "blobs":
		r.blob(w, req, repo, rest)
	case "manifests":
		r.manifest(w, req, repo, rest)
	case "tags":
		r.tags(w, req, repo)
	case "referrers":
		r.referrers(w, req, repo, rest)
	}
}

func (r *Registry) allowed(w http.ResponseWriter, req *http.Request, repo string, write bool) bool {
	if r.access == nil {
		return true
	}
	no := r.access.Check(req, repo, write)
	if no == nil {
		return true
	}
	if no.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Basic realm="flylocal: user x, password is the token"`)
	}
	refuse(w, no)
	return false
}

func (r *Registry) path(parts ...string) string {
	return filepath.Join(append([]string{r.dir}, parts...)...)
}

// folder of a repository; "_" keeps its own files apart from repositories below it.
func (r *Registry) folder(repo string, parts ...string) string {
	return r.path(append([]string{"repositories", filepath.FromSlash(repo), "_"}, parts...)...)
}

func hexOf(digest string) string { return strings.TrimPrefix(digest, "sha256:") }
