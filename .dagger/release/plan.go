package release

import (
	"context"
	"fmt"

	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/config"
	"github.com/renewa/pipeline/ci/fly"
	"github.com/renewa/pipeline/ci/release/deploy"
	"github.com/renewa/pipeline/ci/release/image"
	"github.com/renewa/pipeline/ci/release/promotion"
	"github.com/renewa/pipeline/ci/release/registry"
)

// Wanted is the image to plan for: a digest, or what the environment before runs as this token sees it.
type Wanted struct {
	Digest      string
	SourceToken *dagger.Secret
}

// Plan returns what a deploy or promotion would do, as text or json.
func (d Deployer) Plan(ctx context.Context, env string, secrets Secrets, want Wanted, format string) (string, error) {
	if err := checkFormat(format); err != nil {
		return "", err
	}
	to, err := d.Environment(env)
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

// nextImage returns the image that an environment would be given; zero while it is not built.
func (d Deployer) nextImage(ctx context.Context, client *fly.Client, to config.Environment, want Wanted) (image.Ref, error) {
	switch {
	case want.Digest != "":
		ref, err := image.Parse(registry.Host + "/" + to.Fly.App + "@" + want.Digest)
		if err != nil {
			return ref, fmt.Errorf("read --image: %w", err)
		}
		return ref, nil
	case to.First:
		tag, err := d.Tag(ctx)
		if err != nil {
			return image.Ref{}, err
		}
		ref, _, err := client.Registry().Find(ctx, to.Fly.App, tag)
		return ref, err
	}
	reader, err := d.Target.Reader(ctx, client, want.SourceToken)
	if err != nil {
		return image.Ref{}, err
	}
	running, err := promotion.RunningImage(ctx, reader, d.Apps()[to.Before])
	return running.On(running.Host(), to.Fly.App), err
}
