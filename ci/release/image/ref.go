// Package image names an image that cannot change.
package image

import (
	"fmt"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
)

// A Ref is an image by digest, and nothing else. Its only values that are not
// zero come from Parse, so a function that takes a Ref cannot be given a tag:
// what was tested is what is promoted. Two Refs are equal under == when they
// name the same bytes in the same place.
type Ref struct {
	host, repository, digest string
}

// Parse reads host/repository@sha256:digest. A tag in front of the digest is
// dropped, since every registry ignores it; a tag instead of the digest is a
// *TagError. The host is required: a bare name would mean Docker Hub to one
// program and Fly's registry to the next.
func Parse(s string) (Ref, error) {
	named, digest, pinned := strings.Cut(s, "@")
	host, path, hosted := strings.Cut(named, "/")
	switch {
	case s == "":
		return Ref{}, fmt.Errorf("parse image: the name is empty, want host/repository@sha256:…")
	case !pinned:
		return Ref{}, &TagError{Image: s}
	case !isSHA256(digest):
		return Ref{}, fmt.Errorf("parse image %q: the digest must be sha256: and 64 hex digits in lower case", s)
	case !hosted || !isHost(host):
		return Ref{}, fmt.Errorf("parse image %q: the registry is missing, as in registry.fly.io/%s", s, s)
	}
	return place(s, host, strings.TrimSuffix(path, tagOf(path)), digest)
}

// place proves host and repository by the registry library's own rules.
func place(s, host, path, digest string) (Ref, error) {
	repository, err := name.NewRepository(host + "/" + path)
	if err == nil && !wellFormed.MatchString(path) {
		err = fmt.Errorf("%q is not a repository: use lower-case letters and digits, separated by one of . _ - /", path)
	}
	if err != nil {
		return Ref{}, fmt.Errorf("parse image %q: %w", s, err)
	}
	r := Ref{host: repository.RegistryStr(), repository: repository.RepositoryStr(), digest: digest}
	if r.host == name.DefaultRegistry {
		r.host = "docker.io" // the name people and daemons use for it
	}
	return r, nil
}

// IsZero reports whether r names no image.
func (r Ref) IsZero() bool { return r == Ref{} }

// Host is the registry, with its port if it has one: "registry.fly.io".
func (r Ref) Host() string { return r.host }

// Repository is the path below the host: "renewa-app".
func (r Ref) Repository() string { return r.repository }

// Digest is "sha256:" and 64 hex digits.
func (r Ref) Digest() string { return r.digest }

// On is the same image in another place. It is the zero Ref when that place
// cannot be named, or when r is zero.
func (r Ref) On(host, repository string) Ref {
	moved, err := Parse(host + "/" + repository + "@" + r.digest)
	if err != nil || tagOf(repository) != "" {
		return Ref{}
	}
	return moved
}

// String is what a machine config, a registry and a person are given.
func (r Ref) String() string {
	if r.IsZero() {
		return ""
	}
	return r.host + "/" + r.repository + "@" + r.digest
}

// Short is for titles and tables: repository and twelve digits.
func (r Ref) Short() string {
	if r.IsZero() {
		return ""
	}
	return r.repository + "@" + r.digest[:len("sha256:")+12]
}

// MarshalText is String, so plans and reports hold the full reference.
func (r Ref) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText is Parse, so a stored plan proves its images again. Empty text
// is the zero Ref.
func (r *Ref) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*r = Ref{}
		return nil
	}
	parsed, err := Parse(string(text))
	if err != nil {
		return err
	}
	*r = parsed
	return nil
}
