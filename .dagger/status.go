package main

import (
	"context"

	"github.com/renewa/pipeline/ci/release/status"
)

// Show what every stage runs: digest, machines, health, migration, URL.
//
//	dagger call status
//	dagger call status --format json
//
// +cache="never"
func (p *Pipeline) Status(
	ctx context.Context,
	// The form of the answer: text, or json for an array of {stage, app, digest, machines, healthy, migration, url}.
	// +default="text"
	format string,
) (string, error) {
	text, err := p.status(ctx, format)
	return text, told(err)
}

func (p *Pipeline) status(ctx context.Context, format string) (string, error) {
	if err := textOrJSON(format); err != nil {
		return "", err
	}
	f, err := p.fleet(ctx)
	if err != nil {
		return "", err
	}
	apps := map[string]string{}
	for _, s := range f.Stages {
		config, err := p.config(ctx, f, s)
		if err != nil {
			return "", err
		}
		apps[s.Name] = config.App
	}
	client, err := p.dial(ctx)
	if err != nil {
		return "", err
	}
	rows, err := status.Of(ctx, client, f.Names(), apps, f.App.VersionPath)
	if err != nil || format == "text" {
		return status.Text(client.Name(), rows), err
	}
	return status.JSON(rows)
}
