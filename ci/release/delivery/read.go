package delivery

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/renewa/pipeline/ci/config/secret"
	"github.com/renewa/pipeline/ci/release/deploy"
	"github.com/renewa/pipeline/ci/release/deploy/report"
	"github.com/renewa/pipeline/ci/release/deploy/secretstate"
	"github.com/renewa/pipeline/ci/release/history"
	"github.com/renewa/pipeline/ci/release/promotion"
	"github.com/renewa/pipeline/ci/release/setup"
	"github.com/renewa/pipeline/ci/release/status"
)

// Report returns what the last deploy of an environment did, as text, md or json.
func (d Deployer) Report(ctx context.Context, env, format string) (string, error) {
	form, known := reportForms[format]
	if !known {
		return "", fmt.Errorf("unknown format %q: use text, md or json", format)
	}
	of, err := d.Config.Environment(env)
	if err != nil {
		return "", err
	}
	client, err := d.connect(ctx)
	if err != nil {
		return "", err
	}
	app := of.Fly.App
	last, err := report.Last(ctx, client, report.Report{Fly: client.Name(), Stage: env, App: app, URL: client.URL(app)})
	if err != nil {
		return "", err
	}
	return strings.TrimSuffix(form(last), "\n"), nil
}

// History returns the releases of an environment, as text or json.
func (d Deployer) History(ctx context.Context, env, format string) (string, error) {
	if err := checkFormat(format); err != nil {
		return "", err
	}
	of, err := d.Config.Environment(env)
	if err != nil {
		return "", err
	}
	client, err := d.connect(ctx)
	if err != nil {
		return "", err
	}
	if err := exists(ctx, client, of); err != nil {
		return "", err
	}
	list := history.Listing{Fly: client.Name(), Stage: env, App: of.Fly.App}
	if list.Releases, err = client.History(ctx, of.Fly.App); err != nil {
		return "", err
	}
	running, err := promotion.Running(ctx, client, env, of.Fly.App)
	list.Running = running.Digest()
	if err != nil {
		list.NotKnown = err.Error()
	}
	return inFormat(format, list), nil
}

// Status returns what every environment runs, as text or json.
func (d Deployer) Status(ctx context.Context, format string) (string, error) {
	if err := checkFormat(format); err != nil {
		return "", err
	}
	client, err := d.connect(ctx)
	if err != nil {
		return "", err
	}
	rows, err := status.Of(ctx, client, d.Config.Names(), d.Config.Apps(), d.Config.App.VersionPath)
	if err != nil || format == "text" {
		return status.Text(client.Name(), rows), err
	}
	return status.JSON(rows)
}

// Secrets returns how the secrets of an environment differ from those that Fly holds, as text or json.
func (d Deployer) Secrets(ctx context.Context, env string, secrets Secrets, format string) (string, error) {
	if err := checkFormat(format); err != nil {
		return "", err
	}
	of, err := d.Config.Environment(env)
	if err != nil {
		return "", err
	}
	set, err := read(ctx, of, secrets.Given)
	if err != nil {
		return "", err
	}
	client, err := d.connect(ctx)
	if err != nil {
		return "", err
	}
	if err := exists(ctx, client, of); err != nil {
		return "", err
	}
	request := deploy.Request{Stage: env, Config: of.Fly, Prune: secrets.Prune}.WithSecrets(set, d.Config.Secrets)
	comparison := secretstate.Report{Version: report.Version, Fly: client.Name(), Stage: env, App: of.Fly.App}
	if comparison.Secrets, err = deploy.Compare(ctx, client, request); err != nil {
		return "", err
	}
	var missing *secret.MissingError
	if errors.As(set.Check(d.Config.Secrets), &missing) {
		comparison.Missing = missing.Names
	}
	return inFormat(format, comparison), nil
}

// Setup lists what an environment lacks for its first deploy, and with apply creates it. The secrets need not be
// complete: Setup lists those that are missing.
func (d Deployer) Setup(ctx context.Context, env string, apply bool, secrets Secret) (string, error) {
	of, err := d.Config.Environment(env)
	if err != nil {
		return "", err
	}
	var given *secret.Set
	if secrets != nil {
		set, err := read(ctx, of, secrets)
		if err != nil {
			return "", err
		}
		given = &set
	}
	client, err := d.connect(ctx)
	if err != nil {
		return "", err
	}
	steps, err := setup.Plan(ctx, client, setup.Request{
		Stage: of.Stage, App: of.Fly.App, Region: of.Fly.PrimaryRegion, Public: of.Fly.HasServices(),
		Secrets: d.Config.Secrets, Given: given,
	})
	if err != nil {
		return "", err
	}
	if apply {
		err = setup.Apply(ctx, steps, d.Say)
	}
	return fmt.Sprintf("fly: %s\nenvironment %s, app %s\n%s", client.Name(), of.Name, of.Fly.App, setup.Text(steps)), err
}
