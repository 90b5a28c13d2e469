package deploy_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/config/secret"
	"github.com/renewa/pipeline/ci/fly"
	"github.com/renewa/pipeline/ci/release/deploy"
	"github.com/renewa/pipeline/ci/release/deploy/secretstate"
	"github.com/renewa/pipeline/flylocal/token"
)

var declared = []secret.Requirement{
	{Name: "DATABASE_URL", For: secret.App, Required: true},
	{Name: "JWT_SECRET", For: secret.App},
	{Prefix: "MAIL_", For: secret.Release},
	{Name: "FLY_API_TOKEN", For: secret.Pipeline},
}

// with returns a request with other secrets, as far as they are declared.
func (w *world) with(r deploy.Request, set secret.Set) deploy.Request {
	return r.WithSecrets(set, declared)
}

func (w *world) compare(r deploy.Request) secretstate.Difference {
	w.Helper()
	d, err := deploy.Compare(w.Context(), w.client, r)
	require.NoError(w, err)
	return d
}

func (w *world) hold(values map[string]string) {
	w.Helper()
	set := map[string]*string{}
	for name, v := range values {
		set[name] = &v
	}
	_, err := w.fly.Cloud().SetSecrets("shop", set)
	require.NoError(w, err)
}

func (w *world) secretNames() []string { return w.app().Secrets.Names() }

func TestEverySecretIsListedByNameAndNothingIsTouched(t *testing.T) {
	w := open(t)
	r := w.with(w.request(w.image(nil)), given.With("MAIL_USER", secret.NewValue("mail-user")))
	w.hold(map[string]string{"BY_HAND": "x", "FLY_API_TOKEN": "x"})
	w.deploy(r)
	w.wire.writes()
	set := given.With("JWT_SECRET", secret.NewValue("another")).With("MAIL_KEY", secret.NewValue("new")).
		With("HOME", secret.NewValue("/root")).With("FLY_API_TOKEN", secret.NewValue("token"))
	r = w.with(r, set)
	want := secretstate.Difference{
		Added: []string{"MAIL_KEY"}, Changed: []string{"JWT_SECRET"}, Unchanged: []string{"DATABASE_URL"},
		Left: []string{"MAIL_USER"}, Undeclared: []string{"BY_HAND", "FLY_API_TOKEN"}, Unsent: []string{"HOME"},
	}
	require.Equal(t, want, w.compare(r))
	r.Prune = true
	want.Removed, want.Left = want.Left, nil
	require.Equal(t, want, w.compare(r))
	require.Equal(t, want, w.plan(r).SecretsDifference())
	require.Empty(t, w.wire.writes())
}

func TestPruneRemovesOnlySecretsDeclaredForFlyInTheSameWrite(t *testing.T) {
	w := open(t)
	v1 := w.image(nil)
	w.hold(map[string]string{"BY_HAND": "x", "FLY_API_TOKEN": "x"})
	w.deploy(w.with(w.request(v1), given.With("MAIL_USER", secret.NewValue("mail-user"))))
	r := w.with(w.request(v1), given)
	require.True(t, w.plan(r).Nothing(), "without prune a secret that is not given stays")
	r.Prune = true
	before := w.app().Secrets.Version
	outcome := w.deploy(r)
	require.Equal(t, before+1, w.app().Secrets.Version, "one write")
	require.Equal(t, []string{"BY_HAND", "DATABASE_URL", "FLY_API_TOKEN", "JWT_SECRET"}, w.secretNames())
	require.Equal(t, "release 2, 2 secrets staged, 1 secret removed, 2 machines updated", outcome.Report(r, nil).Done)
	for _, s := range w.fly.Scripted().Started()[3:] {
		require.NotContains(t, s.Env, "MAIL_USER")
	}
	require.True(t, w.plan(r).Nothing())
}

func TestPruneWithoutSecretsIsRefused(t *testing.T) {
	w := open(t)
	r := w.with(w.request(w.image(nil)), secret.Set{})
	r.Prune = true
	_, err := deploy.Make(t.Context(), w.client, r)
	require.ErrorContains(t, err, "would delete every declared secret")
	_, err = deploy.Compare(t.Context(), w.client, r)
	require.ErrorContains(t, err, "would delete every declared secret")
}

func TestARunThatWasKilledAfterASecretWasRemovedTakesItFromTheMachinesThatStillHaveIt(t *testing.T) {
	w := open(t)
	v1 := w.image(nil)
	w.deploy(w.with(w.request(v1), given.With("MAIL_USER", secret.NewValue("mail-user"))))
	_, err := w.fly.Cloud().SetSecrets("shop", map[string]*string{"MAIL_USER": nil})
	require.NoError(t, err)
	r := w.with(w.request(v1), given)
	require.Contains(t, w.deploy(r).Report(r, nil).Done, "2 machines updated")
	require.True(t, w.plan(r).Nothing())
}

func TestASecretThatSomeMachineWasNotLaunchedWithIsStaged(t *testing.T) {
	w := open(t)
	r := w.with(w.request(w.image(nil)), given)
	w.deploy(r)
	require.Empty(t, w.compare(r).Staged)
	w.hold(map[string]string{"JWT_SECRET": "staged by somebody", "MAIL_KEY": "also", "BY_HAND": "x"})
	d := w.compare(r)
	require.Equal(t, []string{"JWT_SECRET", "MAIL_KEY"}, d.Staged)
	require.Equal(t, []string{"JWT_SECRET"}, d.Changed, "Fly holds another value than the given one")
	w.deploy(r)
	require.Empty(t, w.compare(r).Staged)
}

func TestASecretOfOursThatWasSetByHandReachesTheMachinesWithTheNextDeployWithoutAnotherWrite(t *testing.T) {
	w := open(t)
	r := w.with(w.request(w.image(nil)), given)
	w.deploy(r)
	w.hold(map[string]string{"MAIL_KEY": "by hand"})
	version := w.app().Secrets.Version
	require.Equal(t, "release 2, 2 machines updated", w.deploy(r).Report(r, nil).Done)
	require.Equal(t, version, w.app().Secrets.Version)
	require.True(t, w.plan(r).Nothing())
}

func TestOtherSecretsAndDeclarationsRestartNoMachine(t *testing.T) {
	w := open(t)
	w.hold(map[string]string{"BY_HAND": "x", "SENTRY": "x"})
	r := w.with(w.request(w.image(nil)), given.With("MAIL_USER", secret.NewValue("mail-user")))
	w.deploy(r)
	w.hold(map[string]string{"BY_HAND": "y"})
	require.True(t, w.plan(r).Nothing(), "another value")
	_, err := w.fly.Cloud().SetSecrets("shop", map[string]*string{"BY_HAND": nil})
	require.NoError(t, err)
	require.True(t, w.plan(r).Nothing(), "it is gone")
	more := r.WithSecrets(r.Secrets, append(slices.Clone(declared), secret.Requirement{Name: "SENTRY", For: secret.App}))
	require.Equal(t, []string{"SENTRY"}, w.compare(more).Left)
	require.True(t, w.plan(more).Nothing(), "declared later: the machines have it")
	fewer := r.WithSecrets(given, declared[:2])
	require.Equal(t, []string{"MAIL_USER", "SENTRY"}, w.compare(fewer).Undeclared)
	require.True(t, w.plan(fewer).Nothing(), "declared no more: it stays")
}

func TestWithAnotherTokenChangedValuesAreUnclear(t *testing.T) {
	w := open(t)
	r := w.request(w.image(nil))
	w.deploy(r)
	text, err := w.fly.Token(token.Token{Scope: token.Deploy, App: "shop"})
	require.NoError(t, err)
	other, err := fly.Dial(t.Context(), fly.Options{Token: text, Base: "http://flylocal-4280:4280", Transport: w.wire})
	require.NoError(t, err)
	d, err := deploy.Compare(t.Context(), other, r)
	require.NoError(t, err)
	require.Equal(t, []string{"DATABASE_URL", "JWT_SECRET"}, d.Unchanged, "the fingerprint proves it without the token")
	r.Secrets = given.With("JWT_SECRET", secret.NewValue("another"))
	d, err = deploy.Compare(t.Context(), other, r)
	require.NoError(t, err)
	require.Equal(t, []string{"DATABASE_URL", "JWT_SECRET"}, d.Unclear)
	require.False(t, d.Nothing())
}

func TestTheSealsOfAMachineDependOnTheToken(t *testing.T) {
	w := open(t)
	w.deploy(w.request(w.image(nil)))
	m := w.servingMachines()[0]
	require.Len(t, m.GetMetadataByKey("pipeline_secrets_seals"), 12*3+2, "the token's id and one for each of two")
	require.NotEqual(t, w.client.Key("secrets of shop"), w.client.Key("secrets of shop-dev"), "the same value looks different in another app")
}
