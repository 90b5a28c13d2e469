package release

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/renewa/pipeline/ci/config/secret"
	"github.com/renewa/pipeline/ci/release/deploy"
	"github.com/renewa/pipeline/ci/release/deploy/report"
	"github.com/renewa/pipeline/ci/release/deploy/secretstate"
)

// Secrets returns how the secrets of an environment differ from what Fly holds, as text or json.
func (d Deployer) Secrets(ctx context.Context, env string, secrets Secrets, format string) (string, error) {
	if err := checkFormat(format); err != nil {
		return "", err
	}
	of, err := d.Environment(env)
	if err != nil {
		return "", err
	}
	set, err := read(ctx, of, secrets.Given)
	if err != nil {
		return "", err
	}
	client, err := d.Target.Dial(ctx)
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

// A printable has a form for people and one for programs.
type printable interface {
	fmt.Stringer
	JSON() []byte
}

func checkFormat(format string) error {
	if format != "text" && format != "json" {
		return fmt.Errorf("unknown format %q: use text or json", format)
	}
	return nil
}

func inFormat(format string, what printable) string {
	text := what.String()
	if format == "json" {
		text = string(what.JSON())
	}
	return strings.TrimSuffix(text, "\n")
}
