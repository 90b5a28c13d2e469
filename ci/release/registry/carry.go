package registry

import (
	"context"
	"fmt"

	"github.com/google/go-containerregistry/pkg/crane"

	"github.com/renewa/pipeline/ci/release/image"
)

// Tag returns the tag of an image that was copied from another repository, which keeps the registry from deleting the image as unused. Machines run the
// digest, never the tag.
func Tag(ref image.Ref) string { return "promoted-" + ref.Digest()[len("sha256:"):][:16] }

// Carry copies an image to another repository without changing its digest, and tags it there. It transfers no layers,
// because the registry mounts them. Carry returns the name in the other repository. A repeated call costs one request.
func (r Registry) Carry(ctx context.Context, source image.Ref, repository string) (image.Ref, error) {
	target := source.On(source.Host(), repository)
	if got, found, err := r.Find(ctx, repository, Tag(source)); err != nil || found && got.Digest() == source.Digest() {
		return target, err
	}
	from := source.On(r.Host, source.Repository()).String()
	to := fmt.Sprintf("%s/%s:%s", r.Host, repository, Tag(source))
	if err := crane.Copy(from, to, r.options(ctx)...); err != nil {
		return image.Ref{}, fmt.Errorf("%s was not copied to %s: %w", source.Short(), repository, err)
	}
	got, found, err := r.Find(ctx, repository, Tag(source))
	if err != nil {
		return image.Ref{}, err
	}
	if !found || got.Digest() != source.Digest() {
		return image.Ref{}, fmt.Errorf("%s was not copied to %s: the registry has %s there now, nothing was deployed. Promote again", source.Short(), repository, got.Short())
	}
	return target, nil
}
