package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/renewa/pipeline/ci/release/deploy"
)

// Report what the last deployment of a stage did, also one that failed.
//
//	dagger call report --env production
//	dagger call report --env production --format md >> "$GITHUB_STEP_SUMMARY"
//
// +cache="never"
func (p *Pipeline) Report(
	ctx context.Context,
	// The stage, as pipeline.toml names it.
	env string,
	// The form of the answer: text, md for a job's summary, or json.
	// +default="text"
	format string,
) (string, error) {
	text, err := p.report(ctx, env, format)
	return strings.TrimSuffix(text, "\n"), told(err)
}

func (p *Pipeline) report(ctx context.Context, env, format string) (string, error) {
	forms := map[string]func(deploy.Report) string{
		"text": deploy.Report.String,
		"md":   deploy.Report.Markdown,
		"json": func(r deploy.Report) string { return string(r.JSON()) },
	}
	form, known := forms[format]
	if !known {
		return "", fmt.Errorf("unknown format %q: use text, md or json", format)
	}
	f, stage, err := p.stage(ctx, env)
	if err != nil {
		return "", err
	}
	config, err := p.config(ctx, f, stage)
	if err != nil {
		return "", err
	}
	client, err := p.dial(ctx)
	if err != nil {
		return "", err
	}
	report, err := deploy.LastReport(ctx, client, deploy.Report{Fly: client.Name(), Stage: env, App: config.App, URL: client.URL(config.App)})
	if err != nil {
		return "", err
	}
	return form(report), nil
}
