package delivery

import (
	"context"
	"fmt"

	"github.com/renewa/pipeline/ci/config"
	"github.com/renewa/pipeline/ci/release/deploy"
	"github.com/renewa/pipeline/ci/release/history"
	"github.com/renewa/pipeline/ci/release/image"
	"github.com/renewa/pipeline/ci/release/promotion"
	"github.com/renewa/pipeline/ci/release/registry"
)

// Wanted is the image to plan for: a digest, or the image that the environment before runs.
type Wanted struct {
	Digest string     // empty: the image that deploy or promote would take
	Source Connection // reads the environment before; nil: the deployer's own
}

// Plan returns what a deploy or promotion would do, as text or json.
func (d Deployer) Plan(ctx context.Context, env string, secrets Secrets, want Wanted, format string) (string, error) {
	if err := checkFormat(format); err != nil {
		return "", err
	}
	to, err := d.Config.Environment(env)
	if err != nil {
		return "", err
	}
	client, request, err := d.prepare(ctx, to, secrets)
	if err != nil {
		return "", err
	}
	if request.Image, err = d.nextImage(ctx, client, to, want); err != nil {
		return "", err
	}
	request.Unbuilt = request.Image.IsZero()
	plan, err := deploy.Make(ctx, client, request)
	if err != nil {
		return "", err
	}
	return inFormat(format, plan.Forecast(client.Name())), nil
}

// nextImage returns the image that an environment would be given: the wanted one; for the first environment the image
// of these sources, zero while it is not built; for any other the image that the environment before runs.
func (d Deployer) nextImage(ctx context.Context, client Fly, to config.Environment, want Wanted) (image.Ref, error) {
	switch {
	case want.Digest != "":
		return wantedImage(ctx, client, to.Fly.App, want.Digest)
	case to.First:
		tag, err := d.Builder.Tag(ctx)
		if err != nil {
			return image.Ref{}, err
		}
		ref, _, err := client.Registry().Find(ctx, to.Fly.App, tag)
		return ref, err
	}
	reader, err := reader(ctx, client, want.Source)
	if err != nil {
		return image.Ref{}, err
	}
	running, err := promotion.Running(ctx, reader, to.Before, d.Config.Apps()[to.Before])
	return running.On(running.Host(), to.Fly.App), err
}

// wantedImage returns the image with a digest, which the registry need not have yet. The beginning of a digest is one of
// an app's release, as rollback --to takes it.
func wantedImage(ctx context.Context, client Fly, app, digest string) (image.Ref, error) {
	ref, err := image.Parse(registry.Host + "/" + app + "@" + digest)
	if err == nil {
		return ref, nil
	}
	all, herr := client.History(ctx, app)
	if herr != nil {
		return image.Ref{}, herr
	}
	release, ferr := history.Find(all, digest)
	if ferr != nil {
		return image.Ref{}, fmt.Errorf("no plan for --image %q: it is neither a whole digest, sha256: and 64 hex digits, nor the beginning of the digest of one successful release of %s. To list them: dagger call history", digest, app)
	}
	return image.Parse(release.Image)
}
