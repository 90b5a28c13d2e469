package delivery

import (
	"context"
	"fmt"

	"github.com/renewa/pipeline/ci/config/flytoml"
	"github.com/renewa/pipeline/ci/release/deploy"
	"github.com/renewa/pipeline/ci/release/deploy/report"
	"github.com/renewa/pipeline/ci/release/history"
	"github.com/renewa/pipeline/ci/release/image"
	"github.com/renewa/pipeline/ci/release/promotion"
	"github.com/renewa/pipeline/ci/release/registry"
)

// Rollback deploys the image of an earlier release, or with plan returns what that would do.
func (d Deployer) Rollback(ctx context.Context, env, digest string, secrets Secret, plan bool) (string, error) {
	to, err := d.Config.Environment(env)
	if err != nil {
		return "", err
	}
	client, request, err := d.prepare(ctx, to, Secrets{Given: secrets})
	if err != nil {
		return "", err
	}
	d.Say("fly: %s", client.Name())
	info, err := d.goBack(ctx, client, digest, &request)
	if err != nil {
		return "", err
	}
	if plan {
		foreseen, err := deploy.Make(ctx, client, request)
		return request.Note + "\n" + inFormat("text", foreseen.Forecast(client.Name())), err
	}
	d.Say("%s", request.Note)
	return d.run(ctx, client, request, info)
}

// goBack enters the image, the fly.toml and the note of an earlier release into a request. It returns what the
// registry has of the image. A release whose image the registry lacks is an error.
func (d Deployer) goBack(ctx context.Context, client Fly, digest string, request *deploy.Request) (registry.Info, error) {
	app := request.Config.App
	all, err := client.History(ctx, app)
	if err != nil {
		return registry.Info{}, err
	}
	earlier, err := earlierRelease(ctx, client, *request, all, digest)
	if err != nil {
		return registry.Info{}, err
	}
	if *request, err = d.backTo(*request, earlier); err != nil {
		return registry.Info{}, err
	}
	info, err := client.Registry().Inspect(ctx, request.Image)
	if err != nil {
		return registry.Info{}, fmt.Errorf("no rollback to release %d: the registry does not serve its image: %w\nNothing was changed. To go back to another image: --to DIGEST", earlier.Version, err)
	}
	if running, err := promotion.Running(ctx, client, request.Stage, app); err == nil && running.Digest() == request.Image.Digest() {
		request.Note = fmt.Sprintf("the image of release %d of %s runs already", earlier.Version, madeAt(earlier))
		return info, nil
	}
	request.Note = d.note(ctx, client, app, all, earlier)
	return info, nil
}

// note names the release, and the migrations that came after it.
func (d Deployer) note(ctx context.Context, client Fly, app string, all []history.Release, earlier history.Release) string {
	text := fmt.Sprintf("back to release %d of %s", earlier.Version, madeAt(earlier))
	if d.Config.App.VersionPath != "" {
		if warning := history.MigrationWarning(report.Migrations(ctx, client, app, all, earlier)); warning != "" {
			text += "\n" + warning
		}
	}
	return text
}

func madeAt(r history.Release) string { return r.Created.UTC().Format("2006-01-02 15:04 MST") }

// earlierRelease finds the release by its digest, or the last successful one before the image that runs now.
func earlierRelease(ctx context.Context, client Fly, of deploy.Request, all []history.Release, digest string) (history.Release, error) {
	if digest != "" {
		return history.Find(all, digest)
	}
	running, err := promotion.Running(ctx, client, of.Stage, of.Config.App)
	if err != nil {
		return history.Release{}, fmt.Errorf("%w\nOr name the image to go back to: --to DIGEST", err)
	}
	return history.Previous(all, running.Digest())
}

// backTo returns a request with the image and the fly.toml of an earlier release.
func (d Deployer) backTo(r deploy.Request, earlier history.Release) (deploy.Request, error) {
	config, warnings, err := flytoml.FromDefinition(fmt.Sprintf("release %d", earlier.Version), earlier.Definition)
	if err != nil {
		return r, err
	}
	for _, w := range warnings {
		d.Say("warning: %s", w)
	}
	r.Config, r.Source = config.WithApp(r.Config.App), earlier.Definition
	r.Image, err = image.Parse(earlier.Image)
	r.Back = true
	return r, err
}
