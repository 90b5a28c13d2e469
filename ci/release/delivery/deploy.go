package delivery

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/renewa/pipeline/ci/release/deploy"
	"github.com/renewa/pipeline/ci/release/promotion"
	"github.com/renewa/pipeline/ci/release/registry"
)

// Deploy builds the image and deploys it to the first environment. It returns the report. With a reference by digest in
// elsewhere, Deploy builds nothing: it brings that image, of any registry, into the app's repository.
func (d Deployer) Deploy(ctx context.Context, env, elsewhere string, secrets Secrets) (string, error) {
	to, err := d.Config.Environment(env)
	if err != nil {
		return "", err
	}
	if !to.First {
		return "", fmt.Errorf("deploy to %s is refused: only %s takes a new build. To promote the image that %s runs:\n  dagger call promote --from %[3]s --to %[1]s",
			to.Name, d.Config.First().Name, to.Before)
	}
	given, gerr := parse(elsewhere, to.Fly.App)
	client, request, err := d.prepare(ctx, to, secrets)
	if err := errors.Join(gerr, err); err != nil {
		return "", err
	}
	d.Say("fly: %s", client.Name())
	var info registry.Info
	if given.IsZero() {
		request.Image, info, err = d.publish(ctx, client.Registry(), request.Config.App)
	} else {
		request.Image, info, err = d.bring(ctx, client.Registry(), given, request.Config.App)
	}
	if err != nil {
		return "", err
	}
	return d.run(ctx, client, request, info)
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
	info, err := d.carry(ctx, client, source, before.Name, &request)
	if err != nil {
		return "", err
	}
	return d.run(ctx, client, request, info)
}

// carry copies the image that an environment runs to the registry of the request's app, and enters the image into the
// request. It returns what the registry has of the image.
func (d Deployer) carry(ctx context.Context, client Fly, source Connection, from string, request *deploy.Request) (registry.Info, error) {
	reader, err := reader(ctx, client, source)
	if err != nil {
		return registry.Info{}, err
	}
	running, err := promotion.Running(ctx, reader, from, d.Config.Apps()[from])
	if err != nil {
		return registry.Info{}, err
	}
	images := client.Registry()
	images.Tokens = map[string]string{running.Repository(): reader.Registry().Token}
	d.Say("%s runs %s", from, running.Short())
	if request.Image, err = images.Carry(ctx, running, request.Config.App); err != nil {
		return registry.Info{}, err
	}
	return images.Inspect(ctx, request.Image)
}

// run plans, applies and reports.
func (d Deployer) run(ctx context.Context, client Fly, request deploy.Request, info registry.Info) (string, error) {
	plan, err := deploy.Make(ctx, client, request)
	if err != nil {
		return "", err
	}
	app := request.Config.App
	report, err := deploy.Run(ctx, client, plan, deploy.About{
		Fly: client.Name(), URL: client.URL(app), SizeMB: info.SizeMB(), Commit: info.Commit(),
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
