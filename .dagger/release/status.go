package release

import (
	"context"

	"github.com/renewa/pipeline/ci/release/status"
)

// Status returns what every environment runs, as text or json.
func (d Deployer) Status(ctx context.Context, format string) (string, error) {
	if err := checkFormat(format); err != nil {
		return "", err
	}
	client, err := d.Target.Dial(ctx)
	if err != nil {
		return "", err
	}
	rows, err := status.Of(ctx, client, d.Names(), d.Apps(), d.App.VersionPath)
	if err != nil || format == "text" {
		return status.Text(client.Name(), rows), err
	}
	return status.JSON(rows)
}
