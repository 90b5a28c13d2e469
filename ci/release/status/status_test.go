package status_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/golden"
	"github.com/renewa/pipeline/ci/release/image"
	"github.com/renewa/pipeline/ci/release/status"
)

// platform is a Fly with three apps.
type platform struct{ broken error }

var errAbsent = errors.New("app not found")

func machine(digest, state string, check fly.ConsulCheckStatus) *fly.Machine {
	return &fly.Machine{
		ID: "m", State: state, HostStatus: fly.HostStatusOk, ImageRef: fly.MachineImageRef{Digest: "sha256:" + strings.Repeat(digest, 64)},
		Checks: []*fly.MachineCheckStatus{{Name: "ready", Status: check}},
		Config: &fly.MachineConfig{Checks: map[string]fly.MachineCheck{"ready": {}}, Metadata: map[string]string{"fly_platform_version": "v2", "fly_process_group": "app"}},
	}
}

func (p platform) Machines(_ context.Context, app string) ([]*fly.Machine, error) {
	release := machine("c", "started", fly.Passing)
	release.Config.Metadata["fly_process_group"] = "fly_app_release_command"
	switch {
	case p.broken != nil:
		return nil, p.broken
	case app == "shop-dev":
		return []*fly.Machine{machine("a", "started", fly.Passing), release}, nil
	case app == "shop-staging":
		return []*fly.Machine{machine("b", "started", fly.Passing), machine("a", "started", fly.Critical), machine("a", "stopped", fly.Passing)}, nil
	}
	return nil, errAbsent
}

func (platform) Fetch(_ context.Context, app, path string, out any) error {
	if app != "shop-dev" || path != "/version" {
		return errors.New("it does not answer")
	}
	out.(*struct{ Migration string }).Migration = "0042"
	return nil
}

func (platform) Commit(_ context.Context, repository, digest string) (string, error) {
	switch {
	case repository == "shop-dev":
		return strings.Repeat("4f0c", 10) + "-changed", nil
	case strings.HasPrefix(digest, "sha256:b"):
		return image.Elsewhere, nil
	}
	return "", errors.New("it does not answer")
}

func (platform) URL(app string) string { return "https://" + app + ".fly.dev" }
func (platform) Absent(err error) bool { return errors.Is(err, errAbsent) }

var stages, apps = []string{"development", "staging", "production"},
	map[string]string{"development": "shop-dev", "staging": "shop-staging", "production": "shop"}

func TestEveryEnvironmentHasARow(t *testing.T) {
	rows, err := status.Of(t.Context(), platform{}, stages, apps, "/version")
	require.NoError(t, err)
	golden.Equal(t, "status.txt", status.Text("Fly.io", rows)+"\n")
	text, err := status.JSON(rows)
	require.NoError(t, err)
	golden.Equal(t, "status.json", text+"\n")
}

func TestAFailedRequestIsAnErrorWithTheNameOfTheApp(t *testing.T) {
	_, err := status.Of(t.Context(), platform{errors.New("no answer")}, stages[:1], apps, "")
	require.EqualError(t, err, "what shop-dev runs is unknown: no answer")
}

func TestNoEnvironmentsAreAnEmptyArrayAndNotNull(t *testing.T) {
	rows, err := status.Of(t.Context(), platform{}, nil, nil, "")
	require.NoError(t, err)
	text, err := status.JSON(rows)
	require.NoError(t, err)
	require.Equal(t, "[]", text)
}

// sleeping is a Fly with a machine that starts on a request.
type sleeping struct{ platform }

func (sleeping) Machines(context.Context, string) ([]*fly.Machine, error) {
	m, start := machine("a", "stopped", fly.Passing), true
	m.Config.Services = []fly.MachineService{{Autostart: &start}}
	return []*fly.Machine{m}, nil
}

func TestAMachineThatWaitsForARequestIsAsleep(t *testing.T) {
	rows, err := status.Of(t.Context(), sleeping{}, stages[:1], apps, "")
	require.NoError(t, err)
	require.Equal(t, 1, rows[0].Asleep)
	require.Contains(t, status.Text("Fly.io", rows), "  asleep (wakes on a request)  ")
	text, err := status.JSON(rows)
	require.NoError(t, err)
	require.Contains(t, text, `"asleep": 1`)
}
