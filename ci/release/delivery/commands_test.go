package delivery_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/output"
	"github.com/renewa/pipeline/ci/release/delivery"
)

const other = "sha256:2222222222222222222222222222222222222222222222222222222222222222"

func TestADeployBuildsTheImageOfItsInputsOnce(t *testing.T) {
	w := open(t, "shop-dev")
	w.By = "ada"
	report, err := w.Deploy(t.Context(), "development", "", given)
	require.NoError(t, err)
	require.Contains(t, report, w.digest())
	require.Equal(t, w.digest(), w.runs("shop-dev"))
	require.Regexp(t, `^deploy to development since \d\d:\d\d:\d\d UTC by ada$`, w.holders[0])

	again, err := w.Deploy(t.Context(), "development", "", given)
	require.NoError(t, err)
	require.Contains(t, again, "nothing changed")
	require.Equal(t, 1, w.built, "the second deploy finds the image in the registry")

	last, err := w.Report(t.Context(), "development", "json")
	require.NoError(t, err)
	require.Contains(t, last, `"image": "registry.fly.io/shop-dev@`+w.digest())
}

func TestAPromotionDeploysTheImageThatTheEnvironmentBeforeRuns(t *testing.T) {
	w := open(t, "shop-dev", "shop-prod")
	w.running(w.pushed("shop-dev"))
	read := 0
	_, err := w.Promote(t.Context(), "development", "production", given, func(context.Context) (delivery.Fly, error) {
		read++
		return w.client(), nil
	})
	require.NoError(t, err)
	require.Equal(t, w.digest(), w.runs("shop-prod"))
	require.Equal(t, []int{0, 1, 1}, []int{w.built, read, w.dialled}, "it builds nothing, and reads the source by the connection that the call gives")
	require.Contains(t, w.lines, "development runs "+w.pushed("shop-dev").Short())
}

func TestNothingMovesBeforeEverythingThatCanBeRefusedIsChecked(t *testing.T) {
	secretless := delivery.Secrets{}
	for reason, c := range map[string]struct {
		apps []string
		dial error
		call func(w *world) (string, error)
		want []string
	}{
		"an unknown environment": {want: []string{`unknown environment "prod"`}, call: func(w *world) (string, error) {
			return w.Deploy(w.Context(), "prod", "", given)
		}},
		"a deploy to a later environment": {want: []string{"deploy to production is refused: only development takes a new build", "dagger call promote --from development --to production"}, call: func(w *world) (string, error) {
			return w.Deploy(w.Context(), "production", "", given)
		}},
		"a promotion that leaves one out": {want: []string{"no promotion from production to development"}, call: func(w *world) (string, error) {
			return w.Promote(w.Context(), "production", "development", given, nil)
		}},
		"no connection and no secrets, both at once": {dial: errors.New("no answer"), want: []string{"no answer", "no secrets were given for environment development: add --secrets", "JWT_SECRET"}, call: func(w *world) (string, error) {
			return w.Deploy(w.Context(), "development", "", secretless)
		}},
		"no secrets for a promotion": {apps: []string{"shop-dev", "shop-prod"}, want: []string{"no secrets were given for environment production"}, call: func(w *world) (string, error) {
			return w.Promote(w.Context(), "development", "production", secretless, nil)
		}},
		"secrets that cannot be read": {apps: []string{"shop-dev"}, want: []string{"cannot read --secrets", "the variable is not set"}, call: func(w *world) (string, error) {
			return w.Deploy(w.Context(), "development", "", delivery.Secrets{Given: unreadable{}})
		}},
		"secrets without a required one": {apps: []string{"shop-dev"}, want: []string{"JWT_SECRET"}, call: func(w *world) (string, error) {
			return w.Deploy(w.Context(), "development", "", delivery.Secrets{Given: text("OTHER=1")})
		}},
		"an app that does not exist": {want: []string{"app shop-dev of environment development does not exist on flylocal", "`dagger call setup --env development`"}, call: func(w *world) (string, error) {
			return w.Deploy(w.Context(), "development", "", given)
		}},
		"a rollback of an app that does not exist": {want: []string{"app shop-prod of environment production does not exist on flylocal"}, call: func(w *world) (string, error) {
			return w.Rollback(w.Context(), "production", "", given.Given, false)
		}},
		"a plan with the secrets that deploy refuses": {apps: []string{"shop-dev"}, want: []string{"no secrets were given"}, call: func(w *world) (string, error) {
			return w.Plan(w.Context(), "development", secretless, delivery.Wanted{}, "text")
		}},
		"a promotion of an environment that runs nothing": {apps: []string{"shop-dev", "shop-prod"}, want: []string{"(app shop-dev) runs no image"}, call: func(w *world) (string, error) {
			return w.Promote(w.Context(), "development", "production", given, nil)
		}},
		"a promotion whose source cannot be read": {apps: []string{"shop-dev", "shop-prod"}, want: []string{"Fly cannot be reached with --source-token"}, call: func(w *world) (string, error) {
			return w.Promote(w.Context(), "development", "production", given, func(context.Context) (delivery.Fly, error) {
				return nil, errors.New("Fly cannot be reached with --source-token: 401")
			})
		}},
	} {
		t.Run(reason, func(t *testing.T) {
			w := open(t, c.apps...)
			if c.dial != nil {
				w.Dial = func(context.Context, string) (delivery.Fly, error) { return nil, c.dial }
			}
			_, err := c.call(w)
			for _, want := range c.want {
				require.ErrorContains(t, output.Error(err), want)
			}
			require.Zero(t, w.built)
			for _, app := range c.apps {
				all, err := w.client().Machines(t.Context(), app)
				require.NoError(t, err)
				releases, err := w.client().History(t.Context(), app)
				require.NoError(t, err)
				require.Zero(t, len(all)+len(releases), app)
			}
		})
	}
}

func TestASecretThatIsNotDeclaredIsNamedAndNotSent(t *testing.T) {
	w := open(t, "shop-dev")
	plan, err := w.Plan(t.Context(), "development", delivery.Secrets{Given: text("JWT_SECRET=hunter2hunter2\nEXTRA=1\nJWT_SECRETS=1")}, delivery.Wanted{}, "text")
	require.NoError(t, err)
	require.Equal(t, []string{
		"warning: secret EXTRA is not declared in pipeline.toml and is not sent",
		`warning: secret JWT_SECRETS is not declared in pipeline.toml and is not sent, did you mean "JWT_SECRET"?`,
	}, w.lines)
	require.Contains(t, plan, `  not sent   EXTRA, JWT_SECRETS (given and not declared; JWT_SECRETS, did you mean "JWT_SECRET"?)`)
}

func TestAnImageAboveTheLimitIsNotDeployed(t *testing.T) {
	w := open(t, "shop-dev")
	w.newImage(1_100_000)
	_, err := w.Deploy(t.Context(), "development", "", given)
	require.ErrorContains(t, err, "the image has 1.1 MB compressed, max_size_mb in pipeline.toml allows 1: nothing was deployed")
	_, err = w.Publish(t.Context())
	require.ErrorContains(t, err, "max_size_mb in pipeline.toml allows 1")
	require.Equal(t, 1, w.built)

	w.tag = "build-2"
	w.newImage(200)
	ref, err := w.Publish(t.Context())
	require.NoError(t, err)
	require.Equal(t, "registry.fly.io/shop-dev@"+w.digest(), ref.String())
}

func TestAPlanIsForTheImageThatTheEnvironmentWouldBeGiven(t *testing.T) {
	for reason, c := range map[string]struct {
		env   string
		want  func(w *world) delivery.Wanted
		set   func(w *world)
		image func(w *world) string // in the plan
		error string
	}{
		"the first environment, before the build": {env: "development"},
		"the first environment, after the build": {
			env:   "development",
			set:   func(w *world) { _, _ = w.Publish(w.Context()) },
			image: func(w *world) string { return "registry.fly.io/shop-dev@" + w.digest() },
		},
		"a later environment": {
			env:   "production",
			set:   func(w *world) { w.running(w.pushed("shop-dev")) },
			image: func(w *world) string { return "registry.fly.io/shop-prod@" + w.digest() },
		},
		"a later environment, before anything runs": {env: "production", error: "(app shop-dev) runs no image"},
		"the digest that the call names": {
			env:   "production",
			want:  func(*world) delivery.Wanted { return delivery.Wanted{Digest: other} },
			image: func(*world) string { return "registry.fly.io/shop-prod@" + other },
		},
		"the beginning of the digest of a release": {
			env:   "development",
			set:   func(w *world) { _, err := w.Deploy(w.Context(), "development", "", given); require.NoError(w, err) },
			want:  func(w *world) delivery.Wanted { return delivery.Wanted{Digest: w.digest()[:19]} },
			image: func(w *world) string { return "registry.fly.io/shop-dev@" + w.digest() },
		},
		"the beginning of no digest": {env: "production", want: func(*world) delivery.Wanted { return delivery.Wanted{Digest: other[:19]} }, error: "no plan for --image "},
		"a tag":                      {env: "production", want: func(*world) delivery.Wanted { return delivery.Wanted{Digest: "latest"} }, error: "no plan for --image "},
		"another connection cannot be made": {env: "production", want: func(*world) delivery.Wanted {
			return delivery.Wanted{Source: func(context.Context) (delivery.Fly, error) { return nil, errors.New("refused") }}
		}, error: "refused"},
	} {
		t.Run(reason, func(t *testing.T) {
			w, want := open(t, "shop-dev", "shop-prod"), delivery.Wanted{}
			if c.set != nil {
				c.set(w)
			}
			if c.want != nil {
				want = c.want(w)
			}
			built := w.built
			plan, err := w.Plan(t.Context(), c.env, given, want, "json")
			require.Equal(t, built, w.built, "a plan builds nothing")
			if c.error != "" {
				require.ErrorContains(t, err, c.error)
				return
			}
			require.NoError(t, err)
			if c.image == nil {
				require.NotContains(t, plan, `"image"`, "it is not built")
				return
			}
			require.Contains(t, plan, `"image": "`+c.image(w)+`"`)
		})
	}
}

func TestARollbackFindsTheReleaseThenItsImageBeforeAnythingMoves(t *testing.T) {
	for reason, c := range map[string]struct {
		set    func(w *world)
		digest func(w *world) string
		want   func(w *world) []string // in the plan
		error  []string
	}{
		"the release before the image that runs": {
			set: func(w *world) {
				w.released(w.pushed("shop-dev").String())
				w.newImage(300)
				w.running(w.pushed("shop-dev"))
			},
			want: func(*world) []string { return []string{"back to release 1 of "} },
		},
		"the digest that runs": {
			set:    func(w *world) { w.running(w.pushed("shop-dev")) },
			digest: func(w *world) string { return w.digest() },
			want:   func(*world) []string { return []string{"the image of release 1 of ", " runs already"} },
		},
		"a digest, also while nothing runs": {
			set:    func(w *world) { w.released(w.pushed("shop-dev").String()) },
			digest: func(w *world) string { return w.digest()[:20] },
			want:   func(w *world) []string { return []string{"back to release 1 of ", w.digest()} },
		},
		"nothing runs and no digest":       {error: []string{"(app shop-dev) runs no image", "Or name the image to go back to: --to DIGEST"}},
		"no earlier release":               {set: func(w *world) { w.running(w.pushed("shop-dev")) }, error: []string{"no successful release of another image is older"}},
		"a digest that was never released": {digest: func(*world) string { return other }, error: []string{"no successful release of this app has the image"}},
		"the registry lost the image": {
			set:    func(w *world) { w.released("registry.fly.io/shop-dev@" + other) },
			digest: func(*world) string { return other },
			error:  []string{"no rollback to release 1: the registry does not serve its image", "Nothing was changed. To go back to another image: --to DIGEST"},
		},
	} {
		t.Run(reason, func(t *testing.T) {
			w, digest := open(t, "shop-dev"), ""
			if c.set != nil {
				c.set(w)
			}
			if c.digest != nil {
				digest = c.digest(w)
			}
			plan, err := w.Rollback(t.Context(), "development", digest, given.Given, true)
			if c.error != nil {
				for _, want := range c.error {
					require.ErrorContains(t, err, want)
				}
				return
			}
			require.NoError(t, err)
			for _, want := range c.want(w) {
				require.Contains(t, plan, want)
			}
			require.NotContains(t, plan, "release command", "the database keeps its schema")
		})
	}
}

func TestARollbackDeploysTheEarlierImageWithItsFlyTomlAndTodaysSecrets(t *testing.T) {
	w := open(t, "shop-dev")
	_, err := w.Deploy(t.Context(), "development", "", given)
	require.NoError(t, err)
	first := w.digest()
	w.tag = "build-2"
	w.newImage(300)
	_, err = w.Deploy(t.Context(), "development", "", given)
	require.NoError(t, err)
	require.Equal(t, w.digest(), w.runs("shop-dev"))
	report, err := w.Rollback(t.Context(), "development", "", given.Given, false)
	require.NoError(t, err)
	require.Contains(t, report, "back to release 1 of ")
	require.Equal(t, first, w.runs("shop-dev"))
	require.Equal(t, 2, w.built)
	require.True(t, slices.ContainsFunc(w.lines, func(l string) bool { return strings.HasPrefix(l, "back to release 1 of ") }), w.lines)
}

func TestTheReportHasTheNewestMigrationThatTheAppStates(t *testing.T) {
	for reason, c := range map[string]struct {
		path, migration string
		reported        bool
		unknown         bool // the progress has the reason
	}{
		"the app states it":               {"/version", "0042_orders", true, false},
		"the app does not answer":         {"/version", "", false, true},
		"pipeline.toml names no page":     {"", "0042_orders", false, false},
		"another page than the app's own": {"/about", "0042_orders", false, true},
	} {
		t.Run(reason, func(t *testing.T) {
			w := open(t, "shop-dev")
			require.NoError(t, w.client().AssignAddress(t.Context(), "shop-dev", "acme", "shared_v4"))
			w.Config.App.VersionPath, w.migration = c.path, c.migration
			report, err := w.Deploy(t.Context(), "development", "", given)
			require.NoError(t, err)
			require.Equal(t, c.reported, strings.Contains(report, "0042_orders"), w.lines)
			require.Equal(t, c.unknown, slices.ContainsFunc(w.lines, func(l string) bool {
				return strings.HasPrefix(l, "what migration shop-dev has is not known: ")
			}), w.lines)
		})
	}
}

func TestAnUnknownFormatIsRefusedBeforeFlyIsAsked(t *testing.T) {
	const two, three = "use text or json", "use text, md or json"
	for name, c := range map[string]struct {
		call func(d delivery.Deployer) (string, error)
		want string
	}{
		"plan": {func(d delivery.Deployer) (string, error) {
			return d.Plan(t.Context(), "development", given, delivery.Wanted{}, "md")
		}, two},
		"history": {func(d delivery.Deployer) (string, error) { return d.History(t.Context(), "development", "md") }, two},
		"status":  {func(d delivery.Deployer) (string, error) { return d.Status(t.Context(), "md") }, two},
		"secrets": {func(d delivery.Deployer) (string, error) { return d.Secrets(t.Context(), "development", given, "md") }, two},
		"report":  {func(d delivery.Deployer) (string, error) { return d.Report(t.Context(), "development", "html") }, three},
	} {
		w := open(t)
		_, err := c.call(w.Deployer)
		require.ErrorContains(t, err, "unknown format", name)
		require.ErrorContains(t, err, c.want, name)
		require.Zero(t, w.dialled, name)
	}
}

func TestEachReadingCommandAnswersInItsFormats(t *testing.T) {
	w := open(t, "shop-dev")
	w.running(w.pushed("shop-dev"))
	for want, call := range map[string]func() (string, error){
		"ENVIRONMENT":           func() (string, error) { return w.Status(t.Context(), "text") },
		`"app": "shop-prod"`:    func() (string, error) { return w.Status(t.Context(), "json") },
		"added      JWT_SECRET": func() (string, error) { return w.Secrets(t.Context(), "development", given, "text") },
		`"missing": [`:          func() (string, error) { return w.Secrets(t.Context(), "development", delivery.Secrets{}, "json") },
		"* 1":                   func() (string, error) { return w.History(t.Context(), "development", "text") },
		"has no report":         func() (string, error) { return w.Report(t.Context(), "development", "md") },
		"environment production, app shop-prod": func() (string, error) {
			return w.Setup(t.Context(), "production", false, text("OTHER=1"))
		},
	} {
		text, err := call()
		require.NoError(t, err, want)
		require.Contains(t, text, want)
	}
	_, err := w.client().App(t.Context(), "shop-prod")
	require.Error(t, err, "setup without apply creates nothing")
	_, err = w.Setup(t.Context(), "production", true, nil)
	require.NoError(t, err)
	_, err = w.client().App(t.Context(), "shop-prod")
	require.NoError(t, err)
}
