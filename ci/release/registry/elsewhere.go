package registry

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"

	"github.com/renewa/pipeline/ci/release/image"
)

// machines is the platform of all of Fly's machines.
var machines = v1.Platform{OS: "linux", Architecture: "amd64"}

// Elsewhere returns the image for linux/amd64 that a reference by digest names, in any registry: the image itself, or
// the one in a list of images for several platforms. Elsewhere writes nothing.
func (r Registry) Elsewhere(ctx context.Context, given image.Ref) (image.Ref, Info, error) {
	from := r.of(given)
	descriptor, err := from.describe(ctx, given)
	if err != nil {
		return image.Ref{}, Info{}, from.refusal(given, err)
	}
	ref := given
	if descriptor.MediaType.IsIndex() {
		if ref, err = choose(descriptor, given); err != nil {
			return image.Ref{}, Info{}, err
		}
	}
	info, err := from.Inspect(ctx, ref)
	return ref, info, err
}

// Import brings an image of any registry, by digest, into an app's repository and returns its name and what Inspect
// finds. An image that is in the repository already is used as it is. Import changes no digest, refuses an image for
// another platform before it copies anything, and copies nothing that the repository has.
func (r Registry) Import(ctx context.Context, given image.Ref, repository string) (image.Ref, Info, error) {
	ref, info, err := r.Elsewhere(ctx, given)
	if err != nil {
		return image.Ref{}, info, err
	}
	target := ref.On(Host, repository)
	if r.owns(ref) && ref.Repository() == repository {
		return target, info, nil
	}
	if got, found, err := r.Find(ctx, repository, Tag(ref)); err != nil || found && got.Digest() == ref.Digest() {
		return target, info, err
	}
	if err := r.copyTo(ctx, ref, repository); err != nil {
		return image.Ref{}, info, fmt.Errorf("%s was not copied to %s/%s, nothing was deployed: %w", ref, Host, repository, err)
	}
	return target, info, nil
}

// copyTo copies an image, layers included, and tags it. The registry checks the digest of all that it is sent.
func (r Registry) copyTo(ctx context.Context, ref image.Ref, repository string) error {
	from := r.of(ref)
	source, err := from.digest(ref)
	if err != nil {
		return err
	}
	img, err := remote.Image(source, remoteOptions(ctx, from)...)
	if err != nil {
		return err
	}
	to, err := name.NewTag(fmt.Sprintf("%s/%s:%s", r.Host, repository, Tag(ref)), r.nameOptions()...)
	if err != nil {
		return err
	}
	return remote.Write(to, img, remoteOptions(ctx, r)...)
}

// owns reports whether an image is in this registry.
func (r Registry) owns(ref image.Ref) bool {
	return ref.Host() == Host || ref.Host() == r.Host || slices.Contains(r.Names, ref.Host())
}

// of returns the registry of an image: this one with its token, or another one, which is read without a token.
func (r Registry) of(ref image.Ref) Registry {
	if r.owns(ref) {
		return r
	}
	return Registry{Host: ref.Host(), Anonymous: true, Transport: r.Transport}
}

func (r Registry) digest(ref image.Ref) (name.Digest, error) {
	return name.NewDigest(ref.On(r.Host, ref.Repository()).String(), r.nameOptions()...)
}

func (r Registry) describe(ctx context.Context, ref image.Ref) (*remote.Descriptor, error) {
	named, err := r.digest(ref)
	if err != nil {
		return nil, err
	}
	return remote.Get(named, remoteOptions(ctx, r)...)
}

// refusal explains an answer to a request without a token.
func (r Registry) refusal(ref image.Ref, err error) error {
	var answer *transport.Error
	if r.Anonymous && errors.As(err, &answer) && (answer.StatusCode == http.StatusUnauthorized || answer.StatusCode == http.StatusForbidden) {
		return fmt.Errorf("image %s cannot be read: %s gives it only to its own users, nothing was deployed: push the image to %s/APP and name it there by digest", ref, r.Host, Host)
	}
	return fmt.Errorf("image %s cannot be read, nothing was deployed: %w", ref, err)
}

// choose returns the image for linux/amd64 in a list.
func choose(list *remote.Descriptor, given image.Ref) (image.Ref, error) {
	index, err := list.ImageIndex()
	if err != nil {
		return image.Ref{}, fmt.Errorf("image %s cannot be read: %w", given, err)
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		return image.Ref{}, fmt.Errorf("image %s cannot be read: %w", given, err)
	}
	var others []string
	for _, m := range manifest.Manifests {
		if m.Platform == nil || m.Platform.OS == "unknown" { // of an attestation
			continue
		}
		if m.Platform.Satisfies(machines) && (m.Platform.Variant == "" || m.Platform.Variant == "v1") {
			return image.Parse(given.Host() + "/" + given.Repository() + "@" + m.Digest.String())
		}
		others = append(others, m.Platform.String())
	}
	return image.Ref{}, fmt.Errorf("image %s is built for %s: Fly's machines run %s only, nothing was deployed", given, cmp.Or(strings.Join(others, ", "), "no known platform"), machines)
}

func (r Registry) nameOptions() []name.Option {
	if r.Insecure {
		return []name.Option{name.Insecure}
	}
	return nil
}

func remoteOptions(ctx context.Context, r Registry) []remote.Option {
	options := []remote.Option{remote.WithContext(ctx), remote.WithAuthFromKeychain(r), remote.WithPlatform(machines)}
	if r.Transport != nil {
		options = append(options, remote.WithTransport(r.Transport))
	}
	return options
}
