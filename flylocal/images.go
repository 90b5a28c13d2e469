package flylocal

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/problem"
	"github.com/renewa/pipeline/flylocal/registry"
	"github.com/renewa/pipeline/flylocal/token"
)

// imagesOf is the registry as the cloud uses it.
type imagesOf struct{ fly *Fly }

// Own reports whether a host is this registry. It has several names: an image is its repository and digest, whatever
// the host.
func (i imagesOf) Own(host string) bool {
	port := fmt.Sprint(i.fly.port)
	name := "flylocal-" + port
	return slices.Contains([]string{"registry.fly.io", "localhost:" + port, "127.0.0.1:" + port, name, name + ":4280"}, host)
}

func (i imagesOf) Find(repository, tag, digest string) (cloud.Image, error) {
	ref := cmp.Or(digest, tag)
	img, found, err := i.fly.registry.Find(repository, ref)
	if err != nil {
		return cloud.Image{}, problem.New(http.StatusUnprocessableEntity, "%v", err)
	}
	if !found {
		return cloud.Image{}, problem.New(http.StatusNotFound, "MANIFEST_UNKNOWN: manifest unknown: no image %s:%s in this Fly's registry", repository, ref)
	}
	return cloud.Image{
		Digest: img.Digest, Labels: img.Labels, Size: img.Size, Manifest: img.Manifest,
		Ref: fmt.Sprintf("localhost:%d/%s@%s", i.fly.port, repository, img.Digest),
	}, nil
}

// Repository returns the app of a repository: the first part of its name.
func (i imagesOf) Repository(name string) string { return appOf(name) }

func (i imagesOf) Forget(app string) error { return i.fly.registry.Forget(app) }

func appOf(repository string) string {
	app, _, _ := strings.Cut(repository, "/")
	return app
}

// access decides about pushes and pulls.
type access struct{ fly *Fly }

func (a access) Check(r *http.Request, repository string, write bool) *registry.Refusal {
	text := token.FromRequest(r)
	if text == "" {
		return &registry.Refusal{Status: http.StatusUnauthorized, Code: "UNAUTHORIZED", Message: "a token is required: user x, password is the token"}
	}
	t, err := a.fly.key.Parse(text)
	if err != nil {
		return &registry.Refusal{Status: http.StatusUnauthorized, Code: "UNAUTHORIZED", Message: err.Error()}
	}
	if repository == "" {
		return nil
	}
	name := appOf(repository)
	app, err := a.fly.cloud.App(name)
	if err != nil {
		if t.Scope == token.Engine {
			return nil // pulls for the machines of an app that is being deleted
		}
		return &registry.Refusal{
			Status: http.StatusNotFound, Code: "NAME_UNKNOWN",
			Message: fmt.Sprintf("app repository not found: there is no app %q; create the app before its first image", name),
		}
	}
	org := t.Org
	if own, err := a.fly.cloud.App(t.App); err == nil {
		org = own.Org
	}
	if write && !t.Changes(app.Org, app.Name) {
		return &registry.Refusal{Status: http.StatusForbidden, Code: "DENIED", Message: "this token may not push to " + repository}
	}
	if !write && !t.Pulls(app.Org, org) {
		return &registry.Refusal{Status: http.StatusForbidden, Code: "DENIED", Message: "this token may not pull from " + repository}
	}
	return nil
}
