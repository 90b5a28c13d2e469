package deploy_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	gofly "github.com/superfly/fly-go"
	"github.com/superfly/fly-go/flaps"

	"github.com/renewa/pipeline/ci/deploy"
	"github.com/renewa/pipeline/ci/fly"
	"github.com/renewa/pipeline/ci/flylocal/cloud"
	"github.com/renewa/pipeline/ci/flytoml"
	"github.com/renewa/pipeline/ci/image"
	"github.com/renewa/pipeline/ci/promotion"
	"github.com/renewa/pipeline/ci/secret"
)

// scenario is something that a user asks for, and may be killed in.
type scenario struct {
	before func(*world)                                             // what is there
	ask    func(ctx context.Context, w *world, c *fly.Client) error // what is asked for
	want   func(*world) image.Ref                                   // what runs in the end
	serves bool                                                     // somebody serves all the time
	beside bool                                                     // machines are made beside those that serve
	alone  bool                                                     // there is one machine in the end, not two
}

// apply is what a door does.
func (w *world) apply(ctx context.Context, c *fly.Client, r deploy.Request) error {
	plan, err := deploy.Make(ctx, c, r)
	if err == nil {
		_, err = deploy.Apply(ctx, c, deploy.Hurried(plan), w.say)
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
	updateBy := func(strategy flytoml.Strategy, serves, beside bool) scenario {
		return scenario{second, func(ctx context.Context, w *world, c *fly.Client) error {
			return w.apply(ctx, c, w.by(strategy, w.refs[1]))
		}, func(w *world) image.Ref { return w.refs[1] }, serves, beside, false}
	}
	return map[string]scenario{
		"an update by canary":    updateBy(flytoml.Canary, true, true),
		"an update by bluegreen": updateBy(flytoml.BlueGreen, true, true),
		"an update by immediate": updateBy(flytoml.Immediate, false, false),
		"a first deploy": {first, func(ctx context.Context, w *world, c *fly.Client) error {
			return w.apply(ctx, c, w.request(w.refs[0]))
		}, func(w *world) image.Ref { return w.refs[0] }, false, false, false},
		"an update": {second, func(ctx context.Context, w *world, c *fly.Client) error {
			return w.apply(ctx, c, w.request(w.refs[1]))
		}, func(w *world) image.Ref { return w.refs[1] }, true, false, false},
		"a first deploy with a volume": {first, func(ctx context.Context, w *world, c *fly.Client) error {
			r := w.request(w.refs[0])
			r.Config = w.config(shop + "[[mounts]]\nsource = \"data\"\ndestination = \"/data\"\n")
			return w.apply(ctx, c, r)
		}, func(w *world) image.Ref {
			volumes, err := w.client.Volumes(w.Context(), "shop")
			require.NoError(w, err)
			require.Len(w, volumes, 1, "never two volumes for one")
			return w.refs[0]
		}, false, false, true},
		"machines that are destroyed": {func(w *world) {
			first(w)
			r := w.request(w.refs[0])
			r.Config, r.Count = w.config(twoGroups), map[string]int{"worker": 2}
			w.deploy(r)
			w.refs = append(w.refs, w.image(nil))
		}, func(ctx context.Context, w *world, c *fly.Client) error {
			return w.apply(ctx, c, w.request(w.refs[1])) // its fly.toml has one group
		}, func(w *world) image.Ref { return w.refs[1] }, true, true, false},
		"a rollback": {func(w *world) {
			second(w)
			w.deploy(w.request(w.refs[1]))
		}, func(ctx context.Context, w *world, c *fly.Client) error {
			r := w.request(w.refs[0])
			r.Back = true
			return w.apply(ctx, c, r)
		}, func(w *world) image.Ref { return w.refs[0] }, true, false, false},
		"a change of secrets": {second, func(ctx context.Context, w *world, c *fly.Client) error {
			r := w.request(w.refs[0])
			r.Secrets = given.With("JWT_SECRET", secret.NewValue("another-jwt-secret"))
			return w.apply(ctx, c, r)
		}, func(w *world) image.Ref { return w.refs[0] }, true, false, false},
		"a secret that goes": {func(w *world) {
			first(w)
			w.deploy(w.with(w.request(w.refs[0]), given.With("MAIL_USER", secret.NewValue("mail-user"))))
		}, func(ctx context.Context, w *world, c *fly.Client) error {
			r := w.with(w.request(w.refs[0]), given)
			r.Prune = true
			return w.apply(ctx, c, r)
		}, func(w *world) image.Ref {
			require.Equal(w, []string{"DATABASE_URL", "JWT_SECRET"}, w.heldNames())
			last := map[string]cloud.Spec{}
			for _, s := range w.fly.Scripted().Started() {
				last[s.Machine] = s
			}
			for _, m := range w.serving() {
				require.NotContains(w, last[m.ID].Env, "MAIL_USER")
			}
			return w.refs[0]
		}, true, false, false},
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
			running, err := promotion.Running(ctx, c, "shop-dev")
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
		}, func(w *world) image.Ref { return w.refs[1] }, true, false, false},
	}
}

// The process is killed at every step: at each request that is not the same as the one before, once before
// Fly has carried it out and once after. No clean-up runs. Then the leases end, and the same is asked again.
func TestWhereverARunIsKilledTheNextOneComesToTheSameEnd(t *testing.T) {
	kills := 0
	for name, s := range scenarios() {
		for when, carriedOut := range map[string]bool{"before": false, "after": true} {
			t.Run(name+" killed "+when+" a request", func(t *testing.T) {
				survived := everyStep(func(step int) bool { return kill(t, s, step, carriedOut) })
				t.Logf("%s: killed %s each of %d requests, each time with the same end", name, when, survived)
				require.Greater(t, survived, 10)
				kills += survived
			})
		}
	}
	t.Logf("%d scenarios, %d kills, all survived", len(scenarios()), kills)
}

// everyStep plays steps 1, 2, 3, … some at once, until one is beyond the end, and returns the last before.
func everyStep(play func(step int) (over bool)) int {
	var next atomic.Int32
	var last atomic.Int32
	last.Store(1000)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for {
				step := next.Add(1)
				if step > last.Load() {
					return
				}
				if play(int(step)) {
					last.Store(min(last.Load(), step-1))
				}
			}
		})
	}
	all.Wait()
	return int(last.Load())
}

// kill plays a scenario, ends the process at a step, and plays it again. It reports whether the first time
// was over before that step.
func kill(t *testing.T, s scenario, step int, carriedOut bool) (over bool) {
	w := open(t)
	s.before(w)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	death := &death{at: step, carriedOut: carriedOut, end: cancel}
	w.wire.cut = death.cut
	if s.serves {
		w.wire.look = func() {
			for _, m := range w.app().Machines {
				if m.Healthy() && m.View().Env["RELEASE_COMMAND"] == "" {
					return
				}
			}
			t.Errorf("killed at step %d, %s: nobody serves", step, death.line)
		}
	}
	err := s.ask(ctx, w, w.client)
	if !death.dead {
		require.NoError(t, err)
		w.fly.Close()
		return true
	}
	w.wire.cut = nil
	w.fly.Cloud().Expire()

	require.NoError(t, s.ask(t.Context(), w, w.dial(t.Context())), "killed at step %d, %s", step, death.line)
	w.wire.look = nil
	size := 2
	if s.alone {
		size = 1
	}
	require.Eventually(t, func() bool { return len(w.machines()) == size }, time.Second, time.Millisecond, "killed at step %d, %s: no machine is left over", step, death.line)
	for _, m := range w.runs(size, s.want(w)) {
		require.False(t, w.app().Machines[m.ID].Cordoned, "killed at step %d, %s: one is out of the rotation", step, death.line)
	}
	for _, m := range w.app().Machines {
		require.True(t, strings.HasPrefix(m.State, "destroy") || m.Lease == nil || m.Lease.Expires.Before(time.Now()), "killed at step %d, %s: a lease is held", step, death.line)
	}
	for _, status := range w.statuses() {
		require.NotContains(t, []string{"pending", "running"}, status, "killed at step %d, %s: a release is left open", step, death.line)
	}
	require.True(t, s.beside || w.made() == size, "killed at step %d, %s: never two machines for one", step, death.line)
	w.fly.Close()
	return false
}

// death ends a process at a step: from then on nothing it sends arrives.
type death struct {
	mu         sync.Mutex
	at, step   int
	carriedOut bool
	end        func()
	line       string
	dead       bool
}

func (d *death) cut(_ int, r *http.Request) (before, after bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.dead {
		return true, true
	}
	line := fmt.Sprintf("%s %s", r.Method, r.URL.Path)
	if line == d.line || strings.HasSuffix(line, "/lease") && r.Header[flaps.NonceHeader] != nil && r.Method == http.MethodPost {
		return false, false // a question asked again, a lease renewed in the background
	}
	d.line, d.step = line, d.step+1
	if d.step == d.at {
		d.dead = true
		d.end()
	}
	return d.dead && !d.carriedOut, d.dead
}
