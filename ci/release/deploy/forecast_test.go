package deploy_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/config/secret"
	"github.com/renewa/pipeline/ci/release/deploy"
	"github.com/renewa/pipeline/ci/release/deploy/forecast"
	"github.com/renewa/pipeline/ci/release/deploy/machine"
	"github.com/renewa/pipeline/ci/release/deploy/secretstate"
	"github.com/renewa/pipeline/flylocal/cloud"
)

func TestAForecastListsImageConfigurationAndSecretsOfEveryMachineAndTouchesNothing(t *testing.T) {
	w := open(t)
	v1, v2 := w.image(nil), w.image(nil)
	w.deploy(w.request(v1))
	w.wire.writes()
	r := w.request(v2)
	r.Config = w.config(strings.NewReplacer(`"blue"`, `"green planted-jwt-secret"`, "/readyz", "/livez", "[env]", "[env]\n  SIZE = \"1\"").Replace(shop))
	r.Secrets = given.With("JWT_SECRET", secret.NewValue("planted-jwt-secret ")).With("NEW", secret.NewValue("planted-new"))
	f := w.plan(r).Forecast("flylocal")
	require.Empty(t, w.wire.writes())
	require.Len(t, f.Machines, 2)
	for i, m := range f.Machines {
		require.Equal(t, forecast.Machine{
			Turn: i + 1, Action: machine.Update, ID: w.servingMachines()[i].ID, Group: "app", Region: "fra", State: "started",
			From: v1.String(), To: v2.String(), Secrets: true, Changes: []machine.Change{
				{Key: "env.COLOUR", Before: "blue", After: "green ***"},
				{Key: "env.SIZE", After: "1"},
				{Key: "services[0].checks[0].path", Before: "/readyz", After: "/livez"},
			},
		}, m)
	}
	require.Equal(t, "/app/migrate apply", f.ReleaseCommand)
	require.Equal(t, []string{"NEW"}, f.Secrets.Added)
	require.Equal(t, []string{"JWT_SECRET"}, f.Secrets.Changed)
	require.NotContains(t, f.String()+string(f.JSON()), "planted")
}

func TestAForecastOfNothingIsOneLine(t *testing.T) {
	w := open(t)
	r := w.request(w.image(nil))
	w.deploy(r)
	f := w.plan(r).Forecast("flylocal")
	require.True(t, f.Nothing)
	require.Contains(t, f.String(), "nothing to do: every machine is as requested")
}

func TestAnImageThatIsYetToBeBuiltCanBePlannedAndNotApplied(t *testing.T) {
	w := open(t)
	w.deploy(w.request(w.image(nil)))
	r := w.request(w.image(nil))
	r.Image, r.Unbuilt = deploy.Request{}.Image, true
	plan := w.plan(r)
	f := plan.Forecast("flylocal")
	require.Contains(t, f.String(), "not built yet")
	for _, m := range f.Machines {
		require.Equal(t, machine.Update, m.Action)
		require.Empty(t, m.Changes)
	}
	w.wire.writes()
	_, err := deploy.Apply(t.Context(), w.client, plan, w.say)
	require.ErrorContains(t, err, "not built yet")
	require.Empty(t, w.wire.writes())
}

// For many random states of an app, the writes of Apply are those of the forecast.
func TestApplyWritesExactlyWhatTheForecastLists(t *testing.T) {
	for seed := range uint64(unlessShort(40, 6)) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			chance := rand.New(rand.NewPCG(seed, 4))
			w := open(t)
			images := []string{twoGroups, shop}
			r := w.with(w.request(w.image(nil)), anySecrets(chance))
			r.Config, r.Machines = w.config(images[chance.IntN(2)]), 1+chance.IntN(3)
			if chance.IntN(5) > 0 {
				w.deploy(r)
				w.disturb(chance)
			}
			if chance.IntN(2) == 0 {
				r.Image = w.image(nil)
			}
			if chance.IntN(2) == 0 {
				r.Config = w.config(strings.Replace(images[chance.IntN(2)], `"blue"`, `"green"`, 1))
			}
			if chance.IntN(2) == 0 {
				r = w.with(r, anySecrets(chance))
			}
			r.Prune = chance.IntN(2) == 0
			plan := w.plan(r)
			f := plan.Forecast("flylocal")
			output := f.String() + string(f.JSON())
			for _, v := range r.Secrets.All() {
				require.NotContains(t, output, v.Reveal())
			}
			before, ran := w.secretNames(), len(w.fly.Scripted().Started())
			w.wire.writes()
			_, err := deploy.Apply(t.Context(), w.client, plan, w.say)
			require.NoError(t, err)
			actions := w.actions()
			requireOrder(t, f, actions)
			slices.Sort(actions)
			require.Equal(t, writesOf(f), actions)
			require.Equal(t, f.ReleaseCommand != "", w.ranReleaseCommand(ran))
			require.Equal(t, after(before, f.Secrets), w.secretNames())
		})
	}
}

func anySecrets(chance *rand.Rand) secret.Set {
	set := given
	for _, name := range []string{"JWT_SECRET", "MAIL_USER", "MAIL_KEY"} {
		if n := chance.IntN(3); n > 0 {
			set = set.With(name, secret.NewValue(fmt.Sprintf("planted-%s-%d", name, n)))
		}
	}
	return set
}

// disturb makes random changes that a person could make by hand.
func (w *world) disturb(chance *rand.Rand) {
	w.Helper()
	if chance.IntN(3) == 0 {
		w.hold(map[string]string{"BY_HAND": "x", "MAIL_USER": "changed by hand"})
	}
	if chance.IntN(3) == 0 {
		id := w.servingMachines()[0].ID
		require.NoError(w, w.fly.Cloud().Stop(cloud.Key{App: "shop", Machine: id}, "", cloud.Halt{}))
		require.Eventually(w, func() bool { return w.app().Machines[id].State == "stopped" }, patience, time.Millisecond)
	}
}

// writesOf returns the writes of a forecast, sorted, because the order of parallel writes is random.
func writesOf(f forecast.Forecast) []string {
	var list []string
	if f.WritesSecrets {
		list = append(list, "secrets")
	}
	if f.ReleaseCommand != "" {
		list = append(list, "create") // it has a machine of its own
	}
	for _, m := range f.Machines {
		if m.Action != machine.Keep {
			list = append(list, strings.TrimSpace(string(m.Action)+" "+m.ID))
		}
	}
	slices.Sort(list)
	return list
}

// requireOrder requires that the secrets are written before all machines, and each machine after those of earlier turns.
func requireOrder(t *testing.T, f forecast.Forecast, actions []string) {
	t.Helper()
	turn := map[string]int{"secrets": -1}
	for _, m := range f.Machines {
		if m.ID != "" {
			turn[string(m.Action)+" "+m.ID] = m.Turn
		}
	}
	last := -1
	for _, action := range actions {
		if n, known := turn[action]; known { // a new machine has no id in the forecast
			require.GreaterOrEqual(t, n, last, "%s in %v", action, actions)
			last = n
		}
	}
}

// actions returns the writes that reached Fly, in the forecast's words. It omits leases and the lock of a first deploy.
func (w *world) actions() []string {
	w.Helper()
	const app = "/v1/apps/shop/"
	var list []string
	lock := ""
	for _, m := range w.app().Machines {
		if m.Name == "pipeline-lock" {
			lock = m.ID
		}
	}
	for i, line := range w.wire.writes() {
		method, path, _ := strings.Cut(line, " ")
		rest, ours := strings.CutPrefix(path, app)
		switch id, isMachine := strings.CutPrefix(rest, "machines/"); {
		case lock != "" && (i == 0 || id == lock):
		case !ours || strings.HasSuffix(path, "/lease"):
		case rest == "secrets":
			list = append(list, "secrets")
		case method == "POST" && rest == "machines":
			list = append(list, "create")
		case isMachine && method == "POST":
			list = append(list, "update "+id)
		case isMachine && method == "DELETE":
			list = append(list, "destroy "+id)
		default:
			w.Errorf("%s is no action of a forecast", line)
		}
	}
	return list
}

// migrated: a release command ran since so many starts.
func (w *world) ranReleaseCommand(since int) bool {
	return slices.ContainsFunc(w.fly.Scripted().Started()[since:], func(s cloud.Spec) bool { return s.Env["RELEASE_COMMAND"] == "1" })
}

// after returns the names that Fly holds after a difference was written.
func after(before []string, d secretstate.Difference) []string {
	names := slices.Concat(before, d.Added)
	names = slices.DeleteFunc(names, func(n string) bool { return slices.Contains(d.Removed, n) })
	slices.Sort(names)
	return names
}
