package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/fly"
	"github.com/renewa/pipeline/ci/release/deploy"
)

// Deploy the app to the first stage: build, stage secrets, run the release command, roll the machines.
//
// Other stages are refused: there an image arrives by promotion only. The old version keeps serving until
// the new one is healthy; a failure puts it back, and the error says what happened. When nothing changed,
// nothing is touched.
//
//	dagger call deploy --env development
//	dagger call deploy --env development --secrets file://secrets.env
//
// +cache="never"
func (p *Pipeline) Deploy(
	ctx context.Context,
	// The stage, as pipeline.toml names it.
	env string,
	// Its secrets: dotenv or JSON, one set or JSON keyed by stage.
	// +optional
	secrets *dagger.Secret,
	// Remove secrets from Fly that pipeline.toml declares for it and that are not in --secrets.
	// +optional
	prune bool,
	// The repository's .git, for the label that names the commit.
	// +defaultPath="/"
	// +ignore=["**", "!.git", "!.git/**"]
	history *dagger.Directory,
) (string, error) {
	report, err := p.deploy(ctx, env, secretsOf{secrets, prune}, history)
	return report, told(err)
}

func (p *Pipeline) deploy(ctx context.Context, env string, secrets secretsOf, history *dagger.Directory) (string, error) {
	f, stage, err := p.stage(ctx, env)
	if err != nil {
		return "", err
	}
	if !stage.First {
		return "", fmt.Errorf("deploy to %s is refused: only %s takes a fresh build. An image that runs in %s arrives with\n  dagger call promote --from %[3]s --to %[1]s",
			stage.Name, f.First().Name, stage.Before)
	}
	client, request, err := p.prepare(ctx, f, stage, secrets)
	if err != nil {
		return "", err
	}
	say("fly: %s", client.Name())
	ref, size, err := p.publish(ctx, client, f, request.Config.App, history)
	if err != nil {
		return "", err
	}
	request.Image = ref
	return run(ctx, client, f, request, size)
}

// prepare does everything that can be refused before anything moves, and reports all of it at once.
func (p *Pipeline) prepare(ctx context.Context, f pipeline.Config, stage pipeline.Stage, secrets secretsOf) (*fly.Client, deploy.Request, error) {
	client, derr := p.dial(ctx)
	request, rerr := p.request(ctx, f, stage, secrets)
	if err := errors.Join(derr, rerr); err != nil {
		return nil, request, err
	}
	return client.WithHolder(p.holder(stage)), request, exists(ctx, client, stage, request.Config.App)
}

// holder is what somebody reads who meets this deploy's lock.
func (p *Pipeline) holder(stage pipeline.Stage) string {
	text := fmt.Sprintf("deploy to %s since %s", stage.Name, time.Now().UTC().Format("15:04:05 MST"))
	if p.By != "" {
		text += " by " + p.By
	}
	return text
}

// exists refuses a stage whose app nobody has made.
func exists(ctx context.Context, client *fly.Client, stage pipeline.Stage, app string) error {
	_, err := client.App(ctx, app)
	if fly.NotFound(err) {
		return fmt.Errorf("app %s does not exist on %s: `dagger call setup --env %s` says what is missing, --apply makes it",
			app, client.Name(), stage.Name)
	}
	return err
}

// run plans, applies and reports.
func run(ctx context.Context, client *fly.Client, f pipeline.Config, request deploy.Request, size float64) (string, error) {
	plan, err := deploy.Make(ctx, client, request)
	if err != nil {
		return "", err
	}
	app := request.Config.App
	report, err := deploy.Run(ctx, client, plan, deploy.About{
		Fly: client.Name(), URL: client.URL(app), SizeMB: size,
		Migration: func(ctx context.Context) string { return newestMigration(ctx, client, f, app) },
	}, say)
	return strings.TrimSuffix(report.String(), "\n"), err
}

// newestMigration asks the app itself; an app that does not say, or cannot be reached, has none to show.
func newestMigration(ctx context.Context, client *fly.Client, f pipeline.Config, app string) string {
	if f.App.VersionPath == "" {
		return ""
	}
	var version struct{ Migration string }
	if err := client.Fetch(ctx, app, f.App.VersionPath, &version); err != nil {
		say("what migration %s has is not known: %v", app, err)
		return ""
	}
	return version.Migration
}
