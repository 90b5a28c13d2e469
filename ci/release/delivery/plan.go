package delivery

import (
	"context"
	"fmt"
	"strings"

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
		return d.wantedImage(ctx, client, to.Fly.App, want.Digest)
	case to.First && d.Config.Build.Check() != nil:
		d.Say("no image is built from these sources: a deploy needs --image REF@sha256:…")
		return image.Ref{}, nil
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

// wantedImage returns the image that a call names, as a deploy would bring it into the app's repository. The registry need
// not have a whole digest yet; the beginning of a digest is one of an app's release, as rollback --to takes it.
func (d Deployer) wantedImage(ctx context.Context, client Fly, app, text string) (image.Ref, error) {
	ref, err := parse(text, app)
	switch {
	case err == nil && strings.HasPrefix(text, "sha256:"):
		return ref, nil
	case err == nil:
		ref, _, err = client.Registry().Elsewhere(ctx, ref)
		return ref.On(registry.Host, app), err
	}
	all, herr := client.History(ctx, app)
	if herr != nil {
		return image.Ref{}, herr
	}
	if release, ferr := history.Find(all, text); ferr == nil {
		return image.Parse(release.Image)
	}
	return image.Ref{}, fmt.Errorf("no plan for --image %q: %w\nThe beginning of a digest is enough for an image of one successful release of %s: dagger call history lists them", text, err, app)
}
