package release

import (
	"context"
	"fmt"

	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/config/secret"
	"github.com/renewa/pipeline/ci/output"
	"github.com/renewa/pipeline/ci/release/setup"
)

// Setup lists what an environment lacks for its first deploy, and with apply creates it.
func (d Deployer) Setup(ctx context.Context, env string, apply bool, secrets *dagger.Secret) (string, error) {
	of, err := d.Environment(env)
	if err != nil {
		return "", err
	}
	var given *secret.Set // may be incomplete: setup lists what is missing
	if secrets != nil {
		set, err := read(ctx, of, secrets)
		if err != nil {
			return "", err
		}
		given = &set
	}
	client, err := d.Target.Dial(ctx)
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
		err = setup.Apply(ctx, steps, output.Progress)
	}
	return fmt.Sprintf("fly: %s\nstage %s, app %s\n%s", client.Name(), of.Name, of.Fly.App, setup.Text(steps)), err
}
