package flylocal

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/problem"
	"github.com/renewa/pipeline/flylocal/registry"
	"github.com/renewa/pipeline/flylocal/token"
)

// imagesOf is the registry as the cloud sees it.
type imagesOf struct{ fly *Fly }

// Own: an image is its repository and digest. The host part only says how to get there,
// and this registry has several names.
func (i imagesOf) Own(host string) bool {
	port := fmt.Sprint(i.fly.port)
	name := "flylocal-" + port
	return slices.Contains([]string{"registry.fly.io", "localhost:" + port, "127.0.0.1:" + port, name, name + ":4280"}, host)
}

func (i imagesOf) Find(repository, tag, digest string) (cloud.Image, error) {
	ref := digest
	if ref == "" {
		ref = tag
	}
	img, found, err := i.fly.registry.Find(repository, ref)
	if platform := (*registry.PlatformError)(nil); errors.As(err, &platform) {
		return cloud.Image{}, &problem.Problem{Status: http.StatusUnprocessableEntity, Text: platform.Error()}
	}
	if err != nil {
		return cloud.Image{}, &problem.Problem{Status: http.StatusUnprocessableEntity, Text: err.Error()}
	}
	if !found {
		return cloud.Image{}, &problem.Problem{
			Status: http.StatusNotFound,
			Text:   fmt.Sprintf("MANIFEST_UNKNOWN: manifest unknown: no image %s:%s in this Fly's registry", repository, ref),
		}
	}
	return cloud.Image{
		Digest: img.Digest, Labels: img.Labels, Size: img.Size, Manifest: img.Manifest,
		Ref: fmt.Sprintf("localhost:%d/%s@%s", i.fly.port, repository, img.Digest),
	}, nil
}

// Repository: the first part of a repository's name is its app.
func (i imagesOf) Repository(name string) string { return appOf(name) }

func (i imagesOf) Forget(app string) error { return i.fly.registry.Forget(app) }

func appOf(repository string) string {
	app, _, _ := strings.Cut(repository, "/")
	return app
}

// access decides who may push and pull.
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
			return nil // the machines of an app that is being deleted
		}
		return &registry.Refusal{
			Status: http.StatusNotFound, Code: "NAME_UNKNOWN",
			Message: fmt.Sprintf("app repository not found: there is no app %q; create the app before its first image", name),
		}
	}
	home := t.Org
	if own, err := a.fly.cloud.App(t.App); err == nil {
		home = own.Org
	}
	if write && !t.Changes(app.Org, app.Name) {
		return &registry.Refusal{Status: http.StatusForbidden, Code: "DENIED", Message: "this token may not push to " + repository}
	}
	if !write && !t.Pulls(app.Org, home) {
		return &registry.Refusal{Status: http.StatusForbidden, Code: "DENIED", Message: "this token may not pull from " + repository}
	}
	return nil
}
