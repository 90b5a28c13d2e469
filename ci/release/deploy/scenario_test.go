package deploy_test

import (
	"context"

	"github.com/stretchr/testify/require"
	gofly "github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/config/flytoml"
	"github.com/renewa/pipeline/ci/config/secret"
	"github.com/renewa/pipeline/ci/fly"
	"github.com/renewa/pipeline/ci/release/deploy"
	"github.com/renewa/pipeline/ci/release/image"
	"github.com/renewa/pipeline/ci/release/promotion"
	"github.com/renewa/pipeline/flylocal/cloud"
)

// scenario is a command that may be killed at any request.
type scenario struct {
	before func(*world)                                             // makes the state before the command
	ask    func(ctx context.Context, w *world, c *fly.Client) error // runs the command
	want   func(*world) image.Ref                                   // returns the image that must run in the end
	serves bool                                                     // a machine must serve all the time
	beside bool                                                     // machines are made beside the serving ones
	size   int                                                      // number of machines in the end; 0 means 2
}

// apply plans and applies, as deploy does.
func (w *world) apply(ctx context.Context, c *fly.Client, r deploy.Request) error {
	plan, err := deploy.Make(ctx, c, r)
	if err == nil {
		_, err = deploy.Apply(ctx, c, deploy.AtTestPace(plan), w.say)
	}
	return err
}

func scenarios() map[string]scenario {
	first := func(w *world) { w.refs = append(w.refs, w.image(nil)) }
	second := func(w *world) {
		first(w)
		w.deploy(w.request(w.refs[0]))
		w.refs = append(w.refs, w.image(nil))
	}
	return map[string]scenario{
		"a first deploy of two groups":         twoGroupsBy(flytoml.Rolling, false),
		"an update of two groups by canary":    twoGroupsBy(flytoml.Canary, true),
		"an update of two groups by bluegreen": twoGroupsBy(flytoml.BlueGreen, true),
		"an update of a group with a volume": {func(w *world) {
			first(w)
			w.deploy(w.requestWithVolume(w.refs[0]))
			w.refs = append(w.refs, w.image(nil))
		}, func(ctx context.Context, w *world, c *fly.Client) error {
			return w.apply(ctx, c, w.requestWithVolume(w.refs[1]))
		}, func(w *world) image.Ref {
			require.Len(w, w.volumes(), 1)
			return w.refs[1]
		}, false, false, 1},
		"an update with machine checks whose host is full": {func(w *world) {
			second(w)
			w.refs[1] = w.image(smokes(0))
			w.fault("POST /v1/apps/shop/machines/"+w.servingMachines()[0].ID, map[string]any{"kind": "no-memory"}, 1000)
		}, func(ctx context.Context, w *world, c *fly.Client) error {
			r := w.request(w.refs[1])
			r.Config = w.config(shopWithMachineChecks)
			return w.apply(ctx, c, r)
		}, func(w *world) image.Ref { return w.refs[1] }, true, true, 0},
		"an update by immediate": {second, func(ctx context.Context, w *world, c *fly.Client) error {
			return w.apply(ctx, c, w.requestBy(flytoml.Immediate, w.refs[1]))
		}, func(w *world) image.Ref { return w.refs[1] }, false, false, 0},
		"a first deploy": {first, func(ctx context.Context, w *world, c *fly.Client) error {
			return w.apply(ctx, c, w.request(w.refs[0]))
		}, func(w *world) image.Ref { return w.refs[0] }, false, false, 0},
		"an update": {second, func(ctx context.Context, w *world, c *fly.Client) error {
			return w.apply(ctx, c, w.request(w.refs[1]))
		}, func(w *world) image.Ref { return w.refs[1] }, true, false, 0},
		"a first deploy with a volume": {first, func(ctx context.Context, w *world, c *fly.Client) error {
			return w.apply(ctx, c, w.requestWithVolume(w.refs[0]))
		}, func(w *world) image.Ref {
			require.Len(w, w.volumes(), 1, "never two volumes for one")
			return w.refs[0]
		}, false, false, 1},
		"machines that are destroyed": {func(w *world) {
			first(w)
			r := w.request(w.refs[0])
			r.Config, r.Count = w.config(twoGroups), map[string]int{"worker": 2}
			w.deploy(r)
			w.refs = append(w.refs, w.image(nil))
		}, func(ctx context.Context, w *world, c *fly.Client) error {
			return w.apply(ctx, c, w.request(w.refs[1])) // its fly.toml has one group
		}, func(w *world) image.Ref { return w.refs[1] }, true, true, 0},
		"a rollback": {func(w *world) {
			second(w)
			w.deploy(w.request(w.refs[1]))
		}, func(ctx context.Context, w *world, c *fly.Client) error {
			r := w.request(w.refs[0])
			r.Back = true
			return w.apply(ctx, c, r)
		}, func(w *world) image.Ref { return w.refs[0] }, true, false, 0},
		"a change of secrets": {second, func(ctx context.Context, w *world, c *fly.Client) error {
			r := w.request(w.refs[0])
			r.Secrets = given.With("JWT_SECRET", secret.NewValue("another-jwt-secret"))
			return w.apply(ctx, c, r)
		}, func(w *world) image.Ref { return w.refs[0] }, true, false, 0},
		"a secret that goes": {func(w *world) {
			first(w)
			w.deploy(w.with(w.request(w.refs[0]), given.With("MAIL_USER", secret.NewValue("mail-user"))))
		}, func(ctx context.Context, w *world, c *fly.Client) error {
			r := w.with(w.request(w.refs[0]), given)
			r.Prune = true
			return w.apply(ctx, c, r)
		}, func(w *world) image.Ref {
			require.Equal(w, []string{"DATABASE_URL", "JWT_SECRET"}, w.secretNames())
			last := map[string]cloud.Spec{}
			for _, s := range w.fly.Scripted().Started() {
				last[s.Machine] = s
			}
			for _, m := range w.servingMachines() {
				require.NotContains(w, last[m.ID].Env, "MAIL_USER")
			}
			return w.refs[0]
		}, true, false, 0},
		"a promotion": {func(w *world) {
			second(w)
			require.NoError(w, w.client.CreateApp(w.Context(), "shop-dev", "renewa"))
			ref := w.imageOf("shop-dev", nil)
			config, err := w.config(shop).WithImage(ref.String()).Machine("app")
			require.NoError(w, err)
			_, err = w.client.Launch(w.Context(), "shop-dev", gofly.LaunchMachineInput{Config: config})
			require.NoError(w, err)
			w.refs[1] = ref.On(ref.Host(), "shop")
		}, func(ctx context.Context, w *world, c *fly.Client) error {
			running, err := promotion.Running(ctx, c, "development", "shop-dev")
			if err != nil {
				return err
			}
			ref, err := c.Registry().Carry(ctx, running, "shop")
			if err != nil {
				return err
			}
			if _, err := c.Registry().Inspect(ctx, ref); err != nil {
				return err
			}
			return w.apply(ctx, c, w.request(ref))
		}, func(w *world) image.Ref { return w.refs[1] }, true, false, 0},
	}
}

// twoGroupsBy returns a first deploy or an update of an app with a serving group and a group with a standby.
func twoGroupsBy(strategy flytoml.Strategy, update bool) scenario {
	ask := func(w *world) deploy.Request {
		r := w.requestBy(strategy, w.refs[len(w.refs)-1])
		r.Config = w.config(twoGroups + "[[http_service.checks]]\npath = \"/readyz\"\n")
		r.Config.Deploy.Strategy = strategy
		return r
	}
	return scenario{func(w *world) {
		w.refs = append(w.refs, w.image(nil))
		if update {
			w.deploy(ask(w))
			w.refs = append(w.refs, w.image(nil))
		}
	}, func(ctx context.Context, w *world, c *fly.Client) error {
		return w.apply(ctx, c, ask(w))
	}, func(w *world) image.Ref {
		w.requireStandby()
		return w.refs[len(w.refs)-1]
	}, update, update, 4}
}
