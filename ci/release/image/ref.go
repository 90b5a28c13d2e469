// Package image has names of images by digest, which always name the same image.
package image

import (
	"fmt"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
)

// A Ref names an image by digest. Every Ref other than the zero one comes from Parse, so a function with a Ref as argument
// never gets a tag, and a promotion deploys the tested image. Two Refs are equal under == when they name the same digest
// in the same repository.
type Ref struct {
	host, repository, digest string
}

// Parse reads host/repository@sha256:digest. It drops a tag before the digest, because registries ignore that tag; a name
// without a digest is a *TagError. The host is required, because without it some programs use Docker Hub and others Fly's
// registry.
func Parse(s string) (Ref, error) {
	named, digest, pinned := strings.Cut(s, "@")
	host, path, hosted := strings.Cut(named, "/")
	switch {
	case s == "":
		return Ref{}, fmt.Errorf("the name of the image is empty: write host/repository@sha256:…")
	case !pinned:
		return Ref{}, &TagError{Image: s}
	case !isSHA256(digest):
		return Ref{}, fmt.Errorf("image %q is refused: the digest must be sha256: and 64 hex digits in lower case", s)
	case !hosted || !isHost(host):
		return Ref{}, fmt.Errorf("image %q is refused: the registry is missing, as in registry.fly.io/%s", s, s)
	}
	return place(s, host, strings.TrimSuffix(path, tagOf(path)), digest)
}

// place returns a Ref after checking host and path with the registry library and wellFormed. s is the whole name, for
// errors.
func place(s, host, path, digest string) (Ref, error) {
	repository, err := name.NewRepository(host + "/" + path)
	if err == nil && !wellFormed.MatchString(path) {
		err = fmt.Errorf("%q is not a repository: use lower-case letters and digits, separated by one of . _ - /", path)
	}
	if err != nil {
		return Ref{}, fmt.Errorf("image %q is refused: %w", s, err)
	}
	r := Ref{host: repository.RegistryStr(), repository: repository.RepositoryStr(), digest: digest}
	if r.host == name.DefaultRegistry {
		r.host = "docker.io" // the usual name; the library's is index.docker.io
	}
	return r, nil
}

// IsZero reports whether r names no image.
func (r Ref) IsZero() bool { return r == Ref{} }

// Host returns the registry, with its port if it has one, such as "registry.fly.io".
func (r Ref) Host() string { return r.host }

// Repository returns the path below the host, such as "renewa-app".
func (r Ref) Repository() string { return r.repository }

// Digest returns "sha256:" and 64 hex digits.
func (r Ref) Digest() string { return r.digest }

// On returns the Ref of the same digest in another repository; the zero Ref when host or repository is invalid, or r is
// zero.
func (r Ref) On(host, repository string) Ref {
	moved, err := Parse(host + "/" + repository + "@" + r.digest)
	if err != nil || tagOf(repository) != "" {
		return Ref{}
	}
	return moved
}

// String returns host/repository@digest; empty for the zero Ref.
func (r Ref) String() string {
	if r.IsZero() {
		return ""
	}
	return r.host + "/" + r.repository + "@" + r.digest
}

// Short returns the repository and the first 12 digits of the digest, for titles and tables.
func (r Ref) Short() string {
	if r.IsZero() {
		return ""
	}
	return r.repository + "@" + r.digest[:len("sha256:")+12]
}

// MarshalText encodes a Ref as String does, so that plans and reports have the full name.
func (r Ref) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText decodes a Ref with Parse, so that the names in a stored plan are checked again. The empty text is the
// zero Ref.
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
