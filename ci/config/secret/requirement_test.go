package secret_test

import (
	"errors"
	"regexp"
	"slices"
	"testing"

	"github.com/renewa/pipeline/ci/config/secret"
)

var declared = []secret.Requirement{
	{Name: "FLY_API_TOKEN", For: secret.Pipeline},
	{Name: "DATABASE_URL_MIGRATION", For: secret.Release, Required: true},
	{Prefix: "DATABASE_", For: secret.App, Required: true},
	{Name: "JWT_SECRET", For: secret.App, Required: true},
	{Prefix: "TIGRIS_", For: secret.App, Required: true},
	{Prefix: "TIGRIS_ADMIN_", For: secret.Pipeline},
	{Name: "SENTRY_DSN_BACKEND", For: secret.App},
}

func TestAllMissingSecretsAreListedInOrder(t *testing.T) {
	for reason, c := range map[string]struct {
		given map[string]string
		want  []string
	}{
		"nothing given":              {nil, []string{"DATABASE_*", "DATABASE_URL_MIGRATION", "JWT_SECRET", "TIGRIS_*"}},
		"one of a prefix is enough":  {map[string]string{"TIGRIS_KEY": "1", "DATABASE_URL": "1"}, []string{"DATABASE_URL_MIGRATION", "JWT_SECRET"}},
		"empty is missing":           {map[string]string{"TIGRIS_KEY": "", "DATABASE_URL": "1", "DATABASE_URL_MIGRATION": "1", "JWT_SECRET": ""}, []string{"JWT_SECRET", "TIGRIS_*"}},
		"what is optional may lack":  {map[string]string{"TIGRIS_KEY": "1", "DATABASE_URL_MIGRATION": "1", "DATABASE_URL": "1", "JWT_SECRET": "1"}, nil},
		"a name inside another":      {map[string]string{"TIGRIS_KEY": "1", "DATABASE_URL_MIGRATION": "1", "DATABASE_URL": "1", "MY_JWT_SECRET": "1"}, []string{"JWT_SECRET"}},
		"another name is not enough": {map[string]string{"DATABASE_URL_MIGRATION": "1", "JWT_SECRET": "1", "TIGRIS_ADMIN_KEY": "1"}, []string{"DATABASE_*", "TIGRIS_*"}},
	} {
		err := secret.NewSet(c.given).Check(declared)
		var missing *secret.MissingError
		if errors.As(err, &missing) != (c.want != nil) || missing != nil && !slices.Equal(missing.Names, c.want) {
			t.Errorf("%s: got %v, want %v", reason, err, c.want)
		}
	}
}

func TestAMisspeltNameIsGuessed(t *testing.T) {
	err := secret.NewSet(map[string]string{"JWT_SECERT": "1"}).Check(declared)
	var missing *secret.MissingError
	if !errors.As(err, &missing) {
		t.Fatal(err)
	}
	if got, want := missing.Hint(), "JWT_SECERT is given, but pipeline.toml does not declare it: did you mean JWT_SECRET?"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestEachKindGetsItsOwnSecretsOnly(t *testing.T) {
	given := secret.NewSet(map[string]string{
		"FLY_API_TOKEN": "1", "DATABASE_URL_MIGRATION": "1", "DATABASE_URL": "1", "JWT_SECRET": "1",
		"TIGRIS_KEY": "1", "TIGRIS_ADMIN_KEY": "1", "STRANGER": "1", "JWT_SECRET_OLD": "1",
	})
	for reason, c := range map[string]struct {
		kinds []secret.Kind
		want  []string
	}{
		"the exact name goes before the prefix":     {[]secret.Kind{secret.Release}, []string{"DATABASE_URL_MIGRATION"}},
		"the app lacks what others were named for":  {[]secret.Kind{secret.App}, []string{"DATABASE_URL", "JWT_SECRET", "TIGRIS_KEY"}},
		"the longer prefix goes before the shorter": {[]secret.Kind{secret.Pipeline}, []string{"FLY_API_TOKEN", "TIGRIS_ADMIN_KEY"}},
		"several kinds": {[]secret.Kind{secret.Release, secret.App}, []string{"DATABASE_URL", "DATABASE_URL_MIGRATION", "JWT_SECRET", "TIGRIS_KEY"}},
		"no kind":       {nil, nil},
	} {
		if got := given.For(declared, c.kinds...).Names(); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", reason, got, c.want)
		}
	}
	if got, want := given.Undeclared(declared), []string{"JWT_SECRET_OLD", "STRANGER"}; !slices.Equal(got, want) {
		t.Errorf("undeclared are %v, want %v", got, want)
	}
}

func TestAFingerprintChangesWithEveryNameValueAndApp(t *testing.T) {
	set := secret.NewSet(map[string]string{"A": "1", "B": "2"})
	print := set.Fingerprint("renewa-app")
	if !regexp.MustCompile(`^[0-9a-f]{16}$`).MatchString(print) {
		t.Errorf("it is %q", print)
	}
	if again := secret.NewSet(map[string]string{"B": "2", "A": "1"}).Fingerprint("renewa-app"); again != print {
		t.Errorf("the same set gives %s and %s", print, again)
	}
	seen := map[string]string{print: "the set"}
	for reason, got := range map[string]string{
		"another value":       set.With("A", secret.NewValue("2")).Fingerprint("renewa-app"),
		"another name":        secret.NewSet(map[string]string{"B": "2", "C": "1"}).Fingerprint("renewa-app"),
		"one less":            secret.NewSet(map[string]string{"A": "1"}).Fingerprint("renewa-app"),
		"another app":         set.Fingerprint("renewa-app-staging"),
		"a border moved":      secret.NewSet(map[string]string{"A": `1","B":"2`}).Fingerprint("renewa-app"),
		"broken text is kept": set.With("A", secret.NewValue("\xff")).Fingerprint("renewa-app"),
		"and distinguished":   set.With("A", secret.NewValue("\xfe")).Fingerprint("renewa-app"),
	} {
		if other, ok := seen[got]; ok {
			t.Errorf("%s and %s have the same fingerprint", reason, other)
		}
		seen[got] = reason
	}
}

func TestOnlyABuildNeedsTheSecretsOfTheBuild(t *testing.T) {
	reqs := []secret.Requirement{{Name: "NPM_TOKEN", For: secret.Build, Required: true}, {Name: "JWT", For: secret.App, Required: true}, {Name: "CA", For: secret.Build}}
	app := secret.NewSet(map[string]string{"JWT": "1"})
	if err := app.Check(reqs); err != nil {
		t.Errorf("without a build: %v", err)
	}
	var missing *secret.MissingError
	if err := app.CheckBuild(reqs); !errors.As(err, &missing) || !slices.Equal(missing.Names, []string{"NPM_TOKEN"}) {
		t.Errorf("with a build: %v", err)
	}
	given := app.With("NPM_TOKEN", secret.NewValue("1"))
	if err := given.CheckBuild(reqs); err != nil {
		t.Error(err)
	}
	if got := given.For(reqs, secret.Release, secret.App).Names(); !slices.Equal(got, []string{"JWT"}) {
		t.Errorf("Fly gets %v", got)
	}
	if got := given.Undeclared(reqs); len(got) > 0 {
		t.Errorf("undeclared are %v", got)
	}
}
