package promotion_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/output"
	"github.com/renewa/pipeline/ci/release/promotion"
)

const three = `[app]
name = "shop"
[[stage]]
name = "development"
config = "fly.development.toml"
org = "acme"
[[stage]]
name = "staging"
config = "fly.staging.toml"
org = "acme"
[[stage]]
name = "production"
config = "fly.production.toml"
org = "acme"
`

func TestAPromotionGoesToTheNextEnvironmentOnly(t *testing.T) {
	f, err := pipeline.Parse("pipeline.toml", []byte(three))
	require.NoError(t, err)
	for reason, c := range map[string]struct{ from, to, want string }{
		"one stage forward":         {"development", "staging", ""},
		"the next":                  {"staging", "production", ""},
		"a stage left out":          {"development", "production", "development → staging → production"},
		"backward":                  {"production", "staging", "one environment at a time"},
		"nowhere":                   {"staging", "staging", "one environment at a time"},
		"to the first":              {"staging", "development", "one environment at a time"},
		"from a stage unknown":      {"developement", "staging", `did you mean "development"?`},
		"to a stage unknown":        {"development", "prod", `unknown environment "prod"`},
		"to a preview":              {"development", "pr-7", `unknown environment "pr-7"`},
		"from a stage without name": {"", "development", `unknown environment ""`},
	} {
		t.Run(reason, func(t *testing.T) {
			source, target, err := promotion.Way(f, c.from, c.to)
			if c.want != "" {
				require.ErrorContains(t, err, c.want)
				return
			}
			require.NoError(t, err)
			require.Equal(t, []string{c.from, c.to}, []string{source.Name, target.Name})
		})
	}
}

// machines is a Fly with one app.
type machines []*fly.Machine

func (m machines) Machines(context.Context, string) ([]*fly.Machine, error) { return m, nil }
func (machines) Absent(err error) bool                                      { return errors.Is(err, errAbsent) }

var errAbsent = errors.New("no such app")

// noApp is a Fly without the app.
type noApp struct{ machines }

func (noApp) Machines(context.Context, string) ([]*fly.Machine, error) { return nil, errAbsent }

func TestAnAppThatDoesNotExistIsNamedWithTheCommandThatMakesIt(t *testing.T) {
	_, err := promotion.Running(t.Context(), noApp{}, "development", "shop-dev")
	require.EqualError(t, output.Error(err), "app shop-dev of environment development does not exist\n"+
		"`dagger call setup --env development` lists what is missing, --apply creates it")
}

const (
	one = "sha256:1111111111111111111111111111111111111111111111111111111111111111"
	two = "sha256:2222222222222222222222222222222222222222222222222222222222222222"
)

func machine(id, state, group, digest string) *fly.Machine {
	return &fly.Machine{
		ID: id, State: state, HostStatus: fly.HostStatusOk,
		ImageRef: fly.MachineImageRef{Registry: "registry.fly.io", Repository: "shop-dev", Digest: digest},
		Config:   &fly.MachineConfig{Metadata: map[string]string{"fly_platform_version": "v2", "fly_process_group": group}},
	}
}

func TestTheImageToPromoteIsTheOneThatEveryMachineRuns(t *testing.T) {
	beside := machine("m9", "started", "app", two)
	beside.Config.Metadata = nil
	for reason, c := range map[string]struct {
		all  machines
		want string
	}{
		"all agree":                       {machines{machine("m1", "started", "app", one), machine("m2", "stopped", "worker", one)}, ""},
		"a release machine has another":   {machines{machine("m1", "started", "app", one), machine("m2", "started", "fly_app_release_command", two)}, ""},
		"a console has another":           {machines{machine("m1", "started", "app", one), machine("m2", "started", "fly_app_console", two)}, ""},
		"one that was destroyed had":      {machines{machine("m1", "started", "app", one), machine("m2", "destroyed", "app", two)}, ""},
		"a machine beside the app has":    {machines{machine("m1", "started", "app", one), beside}, ""},
		"two digests":                     {machines{machine("m2", "started", "app", two), machine("m1", "started", "app", one)}, "run several images"},
		"one that is stopped has another": {machines{machine("m1", "started", "app", one), machine("m2", "stopped", "app", two)}, "run several images"},
		"no machine at all":               {nil, "environment development (app shop-dev) runs no image: deploy or promote one"},
		"a machine without a digest":      {machines{machine("m1", "started", "app", "")}, "Fly's answer has no digest for machine m1"},
	} {
		t.Run(reason, func(t *testing.T) {
			ref, err := promotion.Running(t.Context(), c.all, "development", "shop-dev")
			if c.want != "" {
				require.ErrorContains(t, err, c.want)
				return
			}
			require.NoError(t, err)
			require.Equal(t, "registry.fly.io/shop-dev@"+one, ref.String())
		})
	}
}

func TestMachinesThatDoNotAgreeAreNamedByDigest(t *testing.T) {
	_, err := promotion.Running(t.Context(), machines{machine("m3", "started", "app", one), machine("m2", "started", "app", two), machine("m1", "started", "app", one)}, "development", "shop-dev")
	var mixed *promotion.MixedError
	require.True(t, errors.As(err, &mixed))
	require.Equal(t, map[string][]string{one: {"m1", "m3"}, two: {"m2"}}, mixed.Digests)
	require.Equal(t, `the machines of environment development (app shop-dev) run several images:
  `+one+` on m1, m3
  `+two+` on m2
Deploy or promote to development again, so that all run one`, err.Error())
}
