// Package registry reads images in Fly's registry and copies them between its repositories.
package registry

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/crane"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"

	"github.com/renewa/pipeline/ci/release/image"
)

// Host is the host of Fly's registry, and the host in the image of every machine.
const Host = "registry.fly.io"

// Registry is Fly's registry with a token, or with one token for each repository.
type Registry struct {
	Host     string            // Host, or host:port of a local Fly
	Insecure bool              // plain HTTP: a local Fly
	Token    string            // as flyctl prints it
	Tokens   map[string]string // by repository, for those that Token has no access to
	Names    []string          // other hosts under which people reach a local Fly's registry

	Anonymous bool // another registry than Fly's: Token is not sent

	Transport http.RoundTripper // for tests; nil: the library's own
}

// Resolve returns the authentication for a repository.
func (r Registry) Resolve(resource authn.Resource) (authn.Authenticator, error) {
	if r.Anonymous {
		return authn.Anonymous, nil
	}
	token := r.Token
	if repo, err := name.NewRepository(resource.String()); err == nil {
		if t, ok := r.Tokens[repo.RepositoryStr()]; ok {
			token = t
		}
	}
	return &authn.Basic{Username: "x", Password: token}, nil
}

func (r Registry) options(ctx context.Context) []crane.Option {
	options := []crane.Option{crane.WithContext(ctx), crane.WithAuthFromKeychain(r)}
	if r.Insecure {
		options = append(options, crane.Insecure)
	}
	if r.Transport != nil {
		options = append(options, crane.WithTransport(r.Transport))
	}
	return options
}

// Find returns the image that a tag names, and whether there is such a tag.
func (r Registry) Find(ctx context.Context, repository, tag string) (ref image.Ref, found bool, err error) {
	digest, err := crane.Digest(fmt.Sprintf("%s/%s:%s", r.Host, repository, tag), r.options(ctx)...)
	var refused *transport.Error
	switch {
	case errors.As(err, &refused) && refused.StatusCode == http.StatusNotFound:
		return image.Ref{}, false, nil
	case err != nil:
		return image.Ref{}, false, fmt.Errorf("%s:%s cannot be looked up in the registry: %w", repository, tag, err)
	}
	ref, err = image.Parse(fmt.Sprintf("%s/%s@%s", Host, repository, digest))
	return ref, err == nil, err
}

// Info describes an image in the registry.
type Info struct {
	Bytes    int64  // compressed, configuration included
	Platform string // os/architecture
	Revision string // commit of the sources; empty without such a label
}

// SizeMB returns the compressed size in megabytes of a million bytes.
func (i Info) SizeMB() float64 { return float64(i.Bytes) / 1e6 }

// Commit returns the commit of the sources, or image.Elsewhere. Whoever built the image wrote the label, so Commit leaves out
// the characters that would end a line of a report or move the cursor.
func (i Info) Commit() string {
	return cmp.Or(strings.Map(func(c rune) rune {
		if unicode.IsPrint(c) {
			return c
		}
		return -1
	}, i.Revision), image.Elsewhere)
}

// RevisionLabel is the label with the commit of an image.
const RevisionLabel = "org.opencontainers.image.revision"

// Inspect returns information from an image's manifest and configuration. An image for another platform than linux/amd64
// is an error.
func (r Registry) Inspect(ctx context.Context, ref image.Ref) (Info, error) {
	on := ref.On(r.Host, ref.Repository())
	opts := crane.GetOptions(r.options(ctx)...)
	parsed, err := name.NewDigest(on.String(), opts.Name...)
	if err != nil {
		return Info{}, err
	}
	img, err := remote.Image(parsed, opts.Remote...)
	if err != nil {
		return Info{}, fmt.Errorf("image %s cannot be read: %w", ref.Short(), err)
	}
	manifest, err := img.Manifest()
	if err != nil {
		return Info{}, fmt.Errorf("image %s cannot be read: %w", ref.Short(), err)
	}
	config, err := img.ConfigFile()
	if err != nil {
		return Info{}, fmt.Errorf("image %s cannot be read: %w", ref.Short(), err)
	}
	info := Info{Bytes: manifest.Config.Size, Platform: config.OS + "/" + config.Architecture, Revision: config.Config.Labels[RevisionLabel]}
	for _, l := range manifest.Layers {
		info.Bytes += l.Size
	}
	if info.Platform != "linux/amd64" {
		return info, fmt.Errorf("image %s is built for %s: Fly's machines run linux/amd64 only", ref.Short(), info.Platform)
	}
	return info, nil
}
