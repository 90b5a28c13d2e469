package delivery

import (
	"context"
	"fmt"
	"strings"

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

// publish returns the image of these sources in an app's registry. When the registry has no image for these inputs,
// publish builds it. An image above max_size_mb is an error.
func (d Deployer) publish(ctx context.Context, images registry.Registry, app string) (image.Ref, registry.Info, error) {
	if err := d.Config.Build.Check(); err != nil {
		return image.Ref{}, registry.Info{}, err
	}
	tag, err := d.Builder.Tag(ctx)
	if err != nil {
		return image.Ref{}, registry.Info{}, err
	}
	ref, found, err := images.Find(ctx, app, tag)
	if err != nil {
		return ref, registry.Info{}, err
	}
	if found {
		d.Say("image for these inputs is in the registry: %s", ref.Short())
	} else {
		d.Say("building the image")
		if ref, err = d.Builder.Push(ctx, images, app, tag); err != nil {
			return ref, registry.Info{}, err
		}
	}
	info, err := images.Inspect(ctx, ref)
	if err == nil {
		err = d.Config.App.CheckSize(info.SizeMB())
	}
	return ref, info, err
}

// bring returns an image that is built elsewhere, in an app's registry. An image above max_size_mb is an error before
// anything is copied.
func (d Deployer) bring(ctx context.Context, images registry.Registry, given image.Ref, app string) (image.Ref, registry.Info, error) {
	found, info, err := images.Elsewhere(ctx, given)
	if err == nil {
		err = d.Config.App.CheckSize(info.SizeMB())
	}
	if err != nil {
		return image.Ref{}, info, err
	}
	d.Say("bringing %s into the registry of %s; nothing is built", given, app)
	return images.Import(ctx, found, app)
}

// parse reads the image of --image: a reference by digest, or a digest of an app's own repository. It returns the zero
// Ref for an empty text.
func parse(text, app string) (image.Ref, error) {
	if text == "" {
		return image.Ref{}, nil
	}
	if strings.HasPrefix(text, "sha256:") {
		text = registry.Host + "/" + app + "@" + text
	}
	ref, err := image.Parse(text)
	if err != nil {
		err = fmt.Errorf("--image is refused: %w", err)
	}
	return ref, err
}
