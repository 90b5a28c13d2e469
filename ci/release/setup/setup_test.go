package setup_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/config/secret"
	"github.com/renewa/pipeline/ci/fly"
	"github.com/renewa/pipeline/ci/golden"
	"github.com/renewa/pipeline/ci/release/setup"
	"github.com/renewa/pipeline/flylocal"
	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/scripted"
)

// world is a Fly in memory in which every machine runs and every command succeeds.
type world struct {
	*testing.T
	fly    *flylocal.Fly
	client *fly.Client
	log    []string
}

// host is a host on which every command succeeds.
type host struct {
	*scripted.Host
	ran []cloud.Command
}

func (h *host) Exec(_ context.Context, _ cloud.Key, c cloud.Command) (cloud.Output, error) {
	h.ran = append(h.ran, c)
	return cloud.Output{}, nil
}

func open(t *testing.T) (*world, *host) {
	t.Helper()
	h := &host{Host: scripted.New(nil)}
	f, err := flylocal.New(flylocal.WithHost(h))
	require.NoError(t, err)
	t.Cleanup(f.Close)
	w := &world{T: t, fly: f}
	w.client, err = fly.Dial(t.Context(), fly.Options{Token: f.OrgToken(), Base: "http://flylocal-4280:4280", Transport: w, Pause: time.Millisecond})
	require.NoError(t, err)
	return w, h
}

func (w *world) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodGet {
		w.log = append(w.log, r.Method+" "+r.URL.Path)
	}
	return w.fly.Transport().RoundTrip(r)
}

var given = secret.NewSet(map[string]string{
	"DATABASE_URL":           "postgres://shop_app:planted-app@shop-db.internal:5432/shop",
	"DATABASE_URL_MIGRATION": "postgres://shop_owner:planted-owner@shop-db.internal:5432/shop",
	"JWT_SECRET":             "planted-jwt",
})

func request() setup.Request {
	return setup.Request{
		Stage: pipeline.Stage{Name: "staging", Org: "acme", Database: &pipeline.Database{App: "shop-db", Name: "shop", Owner: "shop_owner", User: "shop_app", Image: "postgres:17"}},
		App:   "shop", Region: "fra", Public: true, Given: &given,
		Secrets: []secret.Requirement{{Name: "DATABASE_URL", For: secret.App, Required: true}, {Name: "JWT_SECRET", For: secret.App, Required: true}, {Name: "FLY_API_TOKEN", For: secret.Pipeline, Required: true}},
	}
}

func (w *world) plan(r setup.Request) []setup.Step {
	w.Helper()
	steps, err := setup.Plan(w.Context(), w.client, r)
	require.NoError(w, err)
	return steps
}

func TestAPlanListsTheMissingThingsAndWritesNothing(t *testing.T) {
	w, _ := open(t)
	golden.Equal(t, "missing.txt", setup.Text(w.plan(request())))
	r := request()
	r.Given = nil
	golden.Equal(t, "missing-without-secrets.txt", setup.Text(w.plan(r)))
	require.Empty(t, w.log)
}

func TestMissingThingsAreMadeOnce(t *testing.T) {
	w, h := open(t)
	var lines []string
	say := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	steps := w.plan(request())
	require.NoError(t, setup.Apply(t.Context(), steps, say))
	golden.Equal(t, "made.txt", setup.Text(steps))
	require.Len(t, lines, 4, "%v", lines)
	app, err := w.fly.Cloud().App("shop")
	require.NoError(t, err)
	require.Equal(t, "acme", app.Org)
	require.Len(t, app.IPs, 2)
	require.Len(t, h.ran, 1)

	w.log = nil
	again := w.plan(request())
	golden.Equal(t, "there.txt", setup.Text(again))
	require.NoError(t, setup.Apply(t.Context(), again, say))
	require.Empty(t, w.log, "a second set-up writes nothing")
	require.Len(t, lines, 4)
}

func TestOnlyTheAddressThatIsMissingIsAskedFor(t *testing.T) {
	w, _ := open(t)
	require.NoError(t, w.client.CreateApp(t.Context(), "shop", "acme"))
	for _, kind := range []string{"v6", "private_v6"} {
		require.NoError(t, w.client.AssignAddress(t.Context(), "shop", "acme", kind))
	}
	steps := w.plan(request())
	require.Equal(t, "missing: shared v4", steps[1].What)
	require.NoError(t, setup.Apply(t.Context(), steps[:2], func(string, ...any) {}))
	require.True(t, w.plan(request())[1].Have)
}

func TestAnEnvironmentWithoutServicesNeedsNoAddress(t *testing.T) {
	w, _ := open(t)
	r := request()
	r.Public = false
	require.NotContains(t, setup.Text(w.plan(r)), "address")
}

func TestMissingSecretsAreNamedWithoutAnyValue(t *testing.T) {
	w, _ := open(t)
	r := request()
	less := without(given, "JWT_SECRET")
	r.Given = &less
	text := setup.Text(w.plan(r))
	require.Contains(t, text, "JWT_SECRET")
	require.NotContains(t, text, "FLY_API_TOKEN", "the pipeline's own are not the app's")
	require.NotContains(t, text, "planted")
}

func TestASecretThatFlyHoldsAlreadyIsNotMissing(t *testing.T) {
	w, _ := open(t)
	require.NoError(t, w.client.CreateApp(t.Context(), "shop", "acme"))
	_, _, err := w.client.SetSecrets(t.Context(), "shop", given)
	require.NoError(t, err)
	r := request()
	r.Given = nil
	require.NotContains(t, setup.Text(w.plan(r)), "put them into the file")
}

func TestAFailureEndsTheSetUpWithTheNameOfTheStep(t *testing.T) {
	w, _ := open(t)
	steps := w.plan(request())
	_, err := w.fly.Cloud().CreateApp("shop", "others", "", "")
	require.NoError(t, err)
	err = setup.Apply(t.Context(), steps, func(string, ...any) {})
	require.ErrorContains(t, err, "app was not set up: ")
	require.ErrorContains(t, err, "already been taken")
}

func without(set secret.Set, name string) secret.Set {
	values := map[string]string{}
	for n, v := range set.All() {
		if n != name {
			values[n] = v.Reveal()
		}
	}
	return secret.NewSet(values)
}
