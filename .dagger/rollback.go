package main

import (
	"context"
	"fmt"

	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/config/flytoml"
	"github.com/renewa/pipeline/ci/fly"
	"github.com/renewa/pipeline/ci/release/deploy"
	"github.com/renewa/pipeline/ci/release/history"
	"github.com/renewa/pipeline/ci/release/image"
	"github.com/renewa/pipeline/ci/release/promotion"
)

// Rollback goes back to an image that ran well in a stage before.
//
// It runs with the fly.toml of that release and today's secrets, by the same steps as Deploy, except that no
// release command runs: the database is ahead of that image and is left as it is. Migrations that came in
// between are warned of. Without --to it is the last image that ran well before the one that runs now;
// rolling back again goes back further.
//
//	dagger call rollback --env production
//	dagger call rollback --env production --to sha256:4f0c…
//	dagger call rollback --env production --plan
//
// +cache="never"
func (p *Pipeline) Rollback(
	ctx context.Context,
	// The stage, as pipeline.toml names it.
	env string,
	// The digest to go back to, or its beginning. One that never ran well here is refused, with those that did.
	// +optional
	to string,
	// The stage's secrets of today: dotenv or JSON, one set or JSON keyed by stage.
	// +optional
	secrets *dagger.Secret,
	// Say where it would go and what it would do, and touch nothing.
	// +optional
	plan bool,
) (string, error) {
	report, err := p.rollback(ctx, env, to, secrets, plan)
	return report, told(err)
}

func (p *Pipeline) rollback(ctx context.Context, env, to string, secrets *dagger.Secret, plan bool) (string, error) {
	f, stage, err := p.stage(ctx, env)
	if err != nil {
		return "", err
	}
	client, request, err := p.prepare(ctx, f, stage, secretsOf{given: secrets})
	if err != nil {
		return "", err
	}
	say("fly: %s", client.Name())
	all, err := client.History(ctx, request.Config.App)
	if err != nil {
		return "", err
	}
	target, err := goingBackTo(ctx, client, request.Config.App, all, to)
	if err != nil {
		return "", err
	}
	if request, err = backTo(request, target); err != nil {
		return "", err
	}
	info, err := client.Registry().Inspect(ctx, request.Image)
	if err != nil {
		return "", fmt.Errorf("the image of release %d can no longer be had, nothing was changed: %w", target.Version, err)
	}
	request.Note = fmt.Sprintf("back to release %d of %s", target.Version, target.Created.UTC().Format("2006-01-02 15:04 MST"))
	if f.App.VersionPath != "" {
		if warning := history.Between(deploy.Migrations(ctx, client, request.Config.App, all, target)); warning != "" {
			request.Note += "\n" + warning
		}
	}
	if plan {
		foreseen, err := deploy.Make(ctx, client, request)
		return request.Note + "\n" + inForm("text", foreseen.Forecast(client.Name())), err
	}
	say("%s", request.Note)
	return run(ctx, client, f, request, info.SizeMB())
}

// goingBackTo finds the release that is meant.
func goingBackTo(ctx context.Context, client *fly.Client, app string, all []history.Release, digest string) (history.Release, error) {
	if digest != "" {
		return history.Find(all, digest)
	}
	running, err := promotion.Running(ctx, client, app)
	if err != nil {
		return history.Release{}, fmt.Errorf("%w\nOr say what to go back to: --to DIGEST", err)
	}
	return history.Previous(all, running.Digest())
}

// backTo is a request with the image and the fly.toml of an earlier release.
func backTo(r deploy.Request, target history.Release) (deploy.Request, error) {
	config, warnings, err := flytoml.FromDefinition(fmt.Sprintf("release %d", target.Version), target.Definition)
	if err != nil {
		return r, err
	}
	for _, w := range warnings {
		say("warning: %s", w)
	}
	r.Config, r.Source = config.Named(r.Config.App), target.Definition
	r.Image, err = image.Parse(target.Image)
	r.Back = true
	return r, err
}
