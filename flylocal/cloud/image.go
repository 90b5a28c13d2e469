package cloud

import (
	"context"
	"strings"
)

// Image is what a machine runs.
type Image struct {
	Registry   string            `json:"registry"`
	Repository string            `json:"repository"`
	Tag        string            `json:"tag,omitempty"`
	Digest     string            `json:"digest,omitempty"`
	Labels     map[string]string `json:"labels,omitempty"`
	Ref        string            `json:"ref"` // what the host pulls
	Size       int64             `json:"size,omitempty"`
	Manifest   string            `json:"-"` // raw, for those who ask
}

// Images is this Fly's own registry.
type Images interface {
	// Own tells whether a host name means this registry.
	Own(host string) bool
	// Find looks a tag or digest up, for linux/amd64.
	Find(repository, tag, digest string) (Image, error)
	// Repository tells the app a repository belongs to.
	Repository(name string) (app string)
	// Forget removes the images of an app that is gone.
	Forget(app string) error
}

// Find resolves a reference to the image it means now.
func (c *Cloud) Find(ctx context.Context, ref string) (Image, error) {
	host, repository, tag, digest := SplitRef(ref)
	if c.Images == nil || !c.Images.Own(host) {
		img, err := c.Host.Image(ctx, ref)
		if err != nil {
			return Image{}, problem(404, "MANIFEST_UNKNOWN: manifest unknown: cannot get image %s: %v", ref, err)
		}
		if img.Registry == "" {
			img.Registry, img.Repository, img.Tag = host, repository, tag
		}
		if digest != "" {
			img.Digest = digest
		}
		return img, nil
	}
	img, err := c.Images.Find(repository, tag, digest)
	if err != nil {
		return Image{}, err
	}
	img.Registry, img.Repository, img.Tag = host, repository, tag
	return img, nil
}

// SplitRef takes an image reference apart; a name without a host is from docker.io.
func SplitRef(ref string) (host, repository, tag, digest string) {
	ref, digest, _ = strings.Cut(ref, "@")
	host, repository = "docker.io", ref
	if first, rest, ok := strings.Cut(ref, "/"); ok && (strings.ContainsAny(first, ".:") || first == "localhost") {
		host, repository = first, rest
	}
	if i := strings.LastIndexByte(repository, ':'); i >= 0 {
		repository, tag = repository[:i], repository[i+1:]
	}
	if tag == "" && digest == "" {
		tag = "latest"
	}
	if host == "docker.io" && !strings.Contains(repository, "/") {
		repository = "library/" + repository
	}
	return host, repository, tag, digest
}
