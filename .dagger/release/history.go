package release

import (
	"context"

	"github.com/renewa/pipeline/ci/release/history"
	"github.com/renewa/pipeline/ci/release/promotion"
)

// History returns the releases of an environment, as text or json.
func (d Deployer) History(ctx context.Context, env, format string) (string, error) {
	if err := checkFormat(format); err != nil {
		return "", err
	}
	of, err := d.Environment(env)
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
	list := history.Listing{Fly: client.Name(), Stage: env, App: of.Fly.App}
	if list.Releases, err = client.History(ctx, of.Fly.App); err != nil {
		return "", err
	}
	running, err := promotion.RunningImage(ctx, client, of.Fly.App)
	list.Running = running.Digest()
	if err != nil {
		list.NotKnown = err.Error()
	}
	return inFormat(format, list), nil
}
