package delivery

import (
	"context"
	"fmt"

	"github.com/renewa/pipeline/ci/config"
	"github.com/renewa/pipeline/ci/release/image"
	"github.com/renewa/pipeline/ci/release/registry"
)

// Publish returns the image of these sources in the registry of the first environment's app.
func (d Deployer) Publish(ctx context.Context) (image.Ref, error) {
	client, err := d.connect(ctx)
	if err != nil {
		return image.Ref{}, err
	}
	ref, _, err := d.publish(ctx, client.Registry(), d.Config.First().Fly.App)
	return ref, err
}

// publish returns the image of these sources in an app's registry, and its compressed size in megabytes. When the
// registry has no image for these inputs, publish builds it. An image above max_size_mb is an error.
func (d Deployer) publish(ctx context.Context, images registry.Registry, app string) (image.Ref, float64, error) {
	tag, err := d.Builder.Tag(ctx)
	if err != nil {
		return image.Ref{}, 0, err
	}
	ref, found, err := images.Find(ctx, app, tag)
	if err != nil {
		return ref, 0, err
	}
	if found {
		d.Say("image for these inputs is in the registry: %s", ref.Short())
	} else {
		d.Say("building the image")
		if ref, err = d.Builder.Push(ctx, images, app, tag); err != nil {
			return ref, 0, err
		}
	}
	info, err := images.Inspect(ctx, ref)
	if limit := d.Config.App.MaxSizeMB; err == nil && limit > 0 && info.SizeMB() > float64(limit) {
		err = fmt.Errorf("the image has %.1f MB compressed, max_size_mb in %s allows %d: nothing was deployed. Make the image smaller, or raise max_size_mb", info.SizeMB(), config.File, limit)
	}
	return ref, info.SizeMB(), err
}
