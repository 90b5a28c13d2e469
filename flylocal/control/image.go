package control

import (
	"cmp"
	"context"
	"net/http"

	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/problem"
)

// Images is the registry of this Fly.
type Images interface {
	// Own reports whether a host name means this registry.
	Own(host string) bool
	// Find returns the image of a tag or digest, for linux/amd64.
	Find(repository, tag, digest string) (cloud.Image, error)
	// Repository returns the app that a repository belongs to.
	Repository(name string) (app string)
	// Forget removes the images of an app that was deleted.
	Forget(app string) error
}

// Find returns the image that a reference names now.
func (c *Cloud) Find(ctx context.Context, ref string) (cloud.Image, error) {
	host, repository, tag, digest := cloud.SplitRef(ref)
	if c.Images == nil || !c.Images.Own(host) {
		img, err := c.Host.Image(ctx, ref)
		if err != nil {
			return cloud.Image{}, problem.New(http.StatusNotFound, "MANIFEST_UNKNOWN: manifest unknown: cannot get image %s: %v", ref, err)
		}
		if img.Registry == "" {
			img.Registry, img.Repository, img.Tag = host, repository, tag
		}
		img.Digest = cmp.Or(digest, img.Digest)
		return img, nil
	}
	img, err := c.Images.Find(repository, tag, digest)
	if err != nil {
		return cloud.Image{}, err
	}
	img.Registry, img.Repository, img.Tag = host, repository, tag
	return img, nil
}
