package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/config/secret"
	"github.com/renewa/pipeline/ci/release/deploy"
)

// Show how a stage's secrets differ from what Fly holds, by name. Nothing is written, no value is shown.
//
// Added, changed and removed are what the next deploy would write, in one go and without a restart of its own;
// staged are those that Fly holds and some machine was not launched with. A set that is not complete is told
// as such, not refused. Which of several values changed is known to who has the token of the last deploy; with
// another one they are listed as unclear.
//
//	dagger call secrets --env staging --secrets file://secrets.json
//	dagger call secrets --env staging --secrets file://secrets.json --prune --format json
//
// +cache="never"
func (p *Pipeline) Secrets(
	ctx context.Context,
	// The stage, as pipeline.toml names it.
	env string,
	// Its secrets: dotenv or JSON, one set or JSON keyed by stage. Without them: what Fly holds.
	// +optional
	secrets *dagger.Secret,
	// Show what a deploy with --prune would remove. Still nothing is written.
	// +optional
	prune bool,
	// The form of the answer: text or json.
	// +default="text"
	format string,
) (string, error) {
	text, err := p.secretsReport(ctx, env, secretsOf{secrets, prune}, format)
	return text, told(err)
}

func (p *Pipeline) secretsReport(ctx context.Context, env string, secrets secretsOf, format string) (string, error) {
	if err := textOrJSON(format); err != nil {
		return "", err
	}
	f, stage, err := p.stage(ctx, env)
	if err != nil {
		return "", err
	}
	config, err := p.config(ctx, f, stage)
	if err != nil {
		return "", err
	}
	set, err := readSecrets(ctx, stage, secrets.given)
	if err != nil {
		return "", err
	}
	client, err := p.dial(ctx)
	if err != nil {
		return "", err
	}
	if err := exists(ctx, client, stage, config.App); err != nil {
		return "", err
	}
	request := deploy.Request{Stage: env, Config: config, Prune: secrets.prune}.WithSecrets(set, f.Secrets)
	report := deploy.SecretsReport{Version: deploy.ReportVersion, Fly: client.Name(), Stage: env, App: config.App}
	if report.Secrets, err = deploy.Compare(ctx, client, request); err != nil {
		return "", err
	}
	var missing *secret.MissingError
	if errors.As(set.Check(f.Secrets), &missing) {
		report.Missing = missing.Names
	}
	return inForm(format, report), nil
}

// asked is what a door can print in both forms.
type asked interface {
	fmt.Stringer
	JSON() []byte
}

func textOrJSON(format string) error {
	if format != "text" && format != "json" {
		return fmt.Errorf("unknown format %q: use text or json", format)
	}
	return nil
}

func inForm(format string, what asked) string {
	text := what.String()
	if format == "json" {
		text = string(what.JSON())
	}
	return strings.TrimSuffix(text, "\n")
}
