package delivery

import (
	"context"
	"fmt"
	"strings"

	"github.com/renewa/pipeline/ci/release/deploy"
	"github.com/renewa/pipeline/ci/release/promotion"
)

// Deploy builds the image and deploys it to the first environment. It returns the report.
func (d Deployer) Deploy(ctx context.Context, env string, secrets Secrets) (string, error) {
	to, err := d.Config.Environment(env)
	if err != nil {
		return "", err
	}
	if !to.First {
		return "", fmt.Errorf("deploy to %s is refused: only %s takes a new build. To promote the image that %s runs:\n  dagger call promote --from %[3]s --to %[1]s",
			to.Name, d.Config.First().Name, to.Before)
	}
	client, request, err := d.prepare(ctx, to, secrets)
	if err != nil {
		return "", err
	}
	d.Say("fly: %s", client.Name())
	ref, size, err := d.publish(ctx, client.Registry(), request.Config.App)
	if err != nil {
		return "", err
	}
	request.Image = ref
	return d.run(ctx, client, request, size)
}

// Promote deploys the image that one environment runs to the next. The source is read by a connection of its own where
// the call gives one. It returns the report.
func (d Deployer) Promote(ctx context.Context, from, to string, secrets Secrets, source Connection) (string, error) {
	before, next, err := promotion.Way(d.Config.Config, from, to)
	if err != nil {
		return "", err
	}
	target, err := d.Config.Environment(next.Name)
	if err != nil {
		return "", err
	}
	client, request, err := d.prepare(ctx, target, secrets)
	if err != nil {
		return "", err
	}
	d.Say("fly: %s", client.Name())
	size, err := d.carry(ctx, client, source, before.Name, &request)
	if err != nil {
		return "", err
	}
	return d.run(ctx, client, request, size)
}

// carry copies the image that an environment runs to the registry of the request's app, and enters the image into the
// request. It returns the image's compressed size in megabytes.
func (d Deployer) carry(ctx context.Context, client Fly, source Connection, from string, request *deploy.Request) (float64, error) {
	reader, err := reader(ctx, client, source)
	if err != nil {
		return 0, err
	}
	running, err := promotion.Running(ctx, reader, from, d.Config.Apps()[from])
	if err != nil {
		return 0, err
	}
	images := client.Registry()
	images.Tokens = map[string]string{running.Repository(): reader.Registry().Token}
	d.Say("%s runs %s", from, running.Short())
	if request.Image, err = images.Carry(ctx, running, request.Config.App); err != nil {
		return 0, err
	}
	info, err := images.Inspect(ctx, request.Image)
	return info.SizeMB(), err
}

// run plans, applies and reports.
func (d Deployer) run(ctx context.Context, client Fly, request deploy.Request, size float64) (string, error) {
	plan, err := deploy.Make(ctx, client, request)
	if err != nil {
		return "", err
	}
	app := request.Config.App
	report, err := deploy.Run(ctx, client, plan, deploy.About{
		Fly: client.Name(), URL: client.URL(app), SizeMB: size,
		Migration: func(ctx context.Context) string { return d.newestMigration(ctx, client, app) },
	}, d.Say)
	return strings.TrimSuffix(report.String(), "\n"), err
}

// newestMigration asks the app for its newest migration. It returns none for an app that does not state one or does
// not answer.
func (d Deployer) newestMigration(ctx context.Context, client Fly, app string) string {
	if d.Config.App.VersionPath == "" {
		return ""
	}
	var version struct{ Migration string }
	if err := client.Fetch(ctx, app, d.Config.App.VersionPath, &version); err != nil {
		d.Say("what migration %s has is not known: %v", app, err)
		return ""
	}
	return version.Migration
}
