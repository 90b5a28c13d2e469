// Package release puts images into environments, and reports what runs there.
package release

import (
	"context"
	"fmt"
	"strings"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/source"
	"dagger/pipeline/target"

	"github.com/renewa/pipeline/ci/fly"
	"github.com/renewa/pipeline/ci/output"
	"github.com/renewa/pipeline/ci/release/deploy"
	"github.com/renewa/pipeline/ci/release/image"
	"github.com/renewa/pipeline/ci/release/promotion"
)

// A Deployer acts on the environments of a repository.
type Deployer struct {
	source.Repository
	Target target.Target
}

// Publish returns the image of these sources in the registry of the first environment's app.
func (d Deployer) Publish(ctx context.Context) (image.Ref, error) {
	client, err := d.Target.Dial(ctx)
	if err != nil {
		return image.Ref{}, err
	}
	ref, _, err := d.Repository.Publish(ctx, d.Target, client, d.First().Fly.App)
	return ref, err
}

// Deploy builds the image and deploys it to the first environment.
func (d Deployer) Deploy(ctx context.Context, env string, secrets Secrets) (string, error) {
	to, err := d.Environment(env)
	if err != nil {
		return "", err
	}
	if !to.First {
		return "", fmt.Errorf("deploy to %s is refused: only %s takes a new build. To promote the image that %s runs:\n  dagger call promote --from %[3]s --to %[1]s",
			to.Name, d.First().Name, to.Before)
	}
	client, request, err := d.prepare(ctx, to, secrets)
	if err != nil {
		return "", err
	}
	output.Progress("fly: %s", client.Name())
	ref, size, err := d.Repository.Publish(ctx, d.Target, client, request.Config.App)
	if err != nil {
		return "", err
	}
	request.Image = ref
	return d.run(ctx, client, request, size)
}

// Promote deploys the image that one environment runs to the next. The source may need a token of its own.
func (d Deployer) Promote(ctx context.Context, from, to string, secrets Secrets, sourceToken *dagger.Secret) (string, error) {
	source, next, err := promotion.Way(d.Config.Config, from, to)
	if err != nil {
		return "", err
	}
	target, err := d.Environment(next.Name)
	if err != nil {
		return "", err
	}
	client, request, err := d.prepare(ctx, target, secrets)
	if err != nil {
		return "", err
	}
	output.Progress("fly: %s", client.Name())
	reader, err := d.Target.Reader(ctx, client, sourceToken)
	if err != nil {
		return "", err
	}
	running, err := promotion.RunningImage(ctx, reader, d.Apps()[source.Name])
	if err != nil {
		return "", err
	}
	images := client.Registry()
	images.Tokens = map[string]string{running.Repository(): reader.Registry().Token}
	output.Progress("%s runs %s", source.Name, running.Short())
	if request.Image, err = images.Carry(ctx, running, request.Config.App); err != nil {
		return "", err
	}
	info, err := images.Inspect(ctx, request.Image)
	if err != nil {
		return "", err
	}
	return d.run(ctx, client, request, info.SizeMB())
}

// run plans, applies and reports.
func (d Deployer) run(ctx context.Context, client *fly.Client, request deploy.Request, size float64) (string, error) {
	plan, err := deploy.Make(ctx, client, request)
	if err != nil {
		return "", err
	}
	app := request.Config.App
	report, err := deploy.Run(ctx, client, plan, deploy.About{
		Fly: client.Name(), URL: client.URL(app), SizeMB: size,
		Migration: func(ctx context.Context) string { return d.newestMigration(ctx, client, app) },
	}, output.Progress)
	return strings.TrimSuffix(report.String(), "\n"), err
}

// newestMigration asks the app for its newest migration. It returns none for an app that does not state one or does
// not answer.
func (d Deployer) newestMigration(ctx context.Context, client *fly.Client, app string) string {
	if d.App.VersionPath == "" {
		return ""
	}
	var version struct{ Migration string }
	if err := client.Fetch(ctx, app, d.App.VersionPath, &version); err != nil {
		output.Progress("what migration %s has is not known: %v", app, err)
		return ""
	}
	return version.Migration
}
