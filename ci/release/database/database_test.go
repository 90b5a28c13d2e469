package database_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	gofly "github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/config/secret"
	"github.com/renewa/pipeline/ci/fly"
	"github.com/renewa/pipeline/ci/release/database"
	"github.com/renewa/pipeline/flylocal"
	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/scripted"
)

// patience is the end of every wait for a state. A test that passes does not come near it.
const patience = time.Minute

// host is a host on which psql returns the given answers in order, and then the last one again.
type host struct {
	*scripted.Host
	answers []cloud.Output
	ran     []cloud.Command
}

func (h *host) Exec(_ context.Context, _ cloud.Key, c cloud.Command) (cloud.Output, error) {
	h.ran = append(h.ran, c)
	if len(h.answers) == 0 {
		return cloud.Output{}, nil
	}
	answer := h.answers[0]
	if len(h.answers) > 1 {
		h.answers = h.answers[1:]
	}
	return answer, nil
}

func open(t *testing.T, answers ...cloud.Output) (*flylocal.Fly, *fly.Client, *host) {
	t.Helper()
	h := &host{Host: scripted.New(nil), answers: answers}
	f, err := flylocal.New(flylocal.WithHost(h))
	require.NoError(t, err)
	t.Cleanup(f.Close)
	c, err := fly.Dial(t.Context(), fly.Options{Token: f.OrgToken(), Base: "http://flylocal-4280:4280", Transport: f.Transport(), Pause: time.Millisecond})
	require.NoError(t, err)
	require.NoError(t, c.CreateApp(t.Context(), "shop-db", "acme"))
	return f, c, h
}

var shop = pipeline.Database{App: "shop-db", Name: "shop", Owner: "shop_owner", User: "shop_app", Image: "postgres:17"}

func addresses(db pipeline.Database, owner, user string) secret.Set {
	at := func(name, password string) string {
		u := url.URL{Scheme: "postgres", User: url.UserPassword(name, password), Host: db.App + ".internal:5432", Path: "/" + db.Name}
		return u.String()
	}
	return secret.NewSet(map[string]string{"DATABASE_URL_MIGRATION": at(db.Owner, owner), "DATABASE_URL": at(db.User, user), "JWT_SECRET": "no address"})
}

var given = addresses(shop, "planted-owner", "planted-app")

func TestADatabaseIsMadeOnceAndStaysAsItIs(t *testing.T) {
	f, c, h := open(t)
	ready := func() bool {
		ok, err := database.Ready(t.Context(), c, shop, given)
		require.NoError(t, err)
		return ok
	}
	require.False(t, ready())
	for range 3 {
		require.NoError(t, database.Ensure(t.Context(), c, shop, "fra", given))
		require.Eventually(t, ready, patience, time.Millisecond)
	}
	app, err := f.Cloud().App("shop-db")
	require.NoError(t, err)
	require.Len(t, app.Machines, 1)
	require.Len(t, app.Volumes, 1)
	require.EqualValues(t, 1, app.Secrets.Version, "the volume remembers the first superuser's password")
	require.Len(t, h.ran, 3)
	for _, m := range app.Machines {
		require.Equal(t, "postgres:17", m.View().Image)
		require.Equal(t, []string{app.Volumes[0].ID}, m.Volumes)
	}
}

func TestADatabaseWithAnotherPasswordIsNotReady(t *testing.T) {
	_, c, _ := open(t)
	require.NoError(t, database.Ensure(t.Context(), c, shop, "fra", given))
	ok, err := database.Ready(t.Context(), c, shop, addresses(shop, "planted-owner", "another"))
	require.NoError(t, err)
	require.False(t, ok)
}

func TestAStoppedDatabaseIsStartedAndNotMadeAgain(t *testing.T) {
	f, c, _ := open(t)
	require.NoError(t, database.Ensure(t.Context(), c, shop, "fra", given))
	state := func() (id, state string) {
		app, err := f.Cloud().App("shop-db")
		require.NoError(t, err)
		require.Len(t, app.Machines, 1)
		for _, m := range app.Machines {
			id, state = m.ID, m.State
		}
		return id, state
	}
	require.Eventually(t, func() bool { _, s := state(); return s == "started" }, patience, time.Millisecond)
	id, _ := state()
	require.NoError(t, f.Cloud().Stop(cloud.Key{App: "shop-db", Machine: id}, "", cloud.Halt{Signal: "SIGKILL"}))
	require.Eventually(t, func() bool { _, s := state(); return s == "stopped" }, patience, time.Millisecond)
	require.NoError(t, database.Ensure(t.Context(), c, shop, "fra", given))
	require.Eventually(t, func() bool { _, s := state(); return s == "started" }, patience, time.Millisecond)
}

func TestEnsureWaitsForAStartingServerAndEndsAfterAFailedScript(t *testing.T) {
	starting := cloud.Output{Code: 2, Stderr: "connection refused"}
	for reason, c := range map[string]struct {
		answers []cloud.Output
		ran     int
		want    string
	}{
		"it starts":           {[]cloud.Output{starting, starting, {}}, 3, ""},
		"the script is wrong": {[]cloud.Output{starting, {Code: 3, Stderr: "ERROR: permission denied"}}, 2, "psql exited with code 3: ERROR: permission denied"},
	} {
		t.Run(reason, func(t *testing.T) {
			_, client, h := open(t, c.answers...)
			err := database.Ensure(t.Context(), client, shop, "fra", given)
			if c.want == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, c.want)
			}
			require.Len(t, h.ran, c.ran)
		})
	}
}

// refusing is a Fly that refuses to run commands and counts the requests.
type refusing struct {
	database.Platform
	commands *int
}

func (r refusing) Exec(context.Context, string, string, string, string) (*gofly.MachineExecResponse, error) {
	*r.commands++
	return nil, &fly.Error{Status: http.StatusForbidden, Text: "not you"}
}

func TestARefusedCommandIsNotRepeated(t *testing.T) {
	_, c, _ := open(t)
	commands := 0
	require.ErrorContains(t, database.Ensure(t.Context(), refusing{c, &commands}, shop, "fra", given), "403 not you")
	require.Equal(t, 1, commands)
}

// Postgres shows the text of commands in its log and statistics.
func TestTheScriptHoldsNoPasswordAndQuotesEveryName(t *testing.T) {
	for reason, c := range map[string]struct {
		db              pipeline.Database
		owner, password string
		has             []string
	}{
		"plain names": {shop, "planted-owner", "planted-app", []string{
			`SELECT format('CREATE ROLE %I LOGIN', 'shop_owner') WHERE NOT EXISTS`,
			`ALTER ROLE "shop_app" PASSWORD 'SCRAM-SHA-256$4096:`,
			`SELECT format('CREATE DATABASE %I OWNER %I', 'shop', 'shop_owner') WHERE NOT EXISTS`,
			`\connect "shop"`,
		}},
		"names with quotes, capitals and spaces": {pipeline.Database{App: "shop-db", Name: `The "Shop"`, Owner: `o'wner`, User: `App "User`, Image: "postgres:17"}, "planted-owner", "planted-app", []string{
			`format('CREATE ROLE %I LOGIN', 'o''wner')`,
			`ALTER ROLE "o'wner" PASSWORD`,
			`ALTER ROLE "App ""User" PASSWORD`,
			`'The "Shop"'`,
			`\connect "The ""Shop"""`,
		}},
		"passwords of signs": {shop, `planted'; DROP ROLE postgres; --$\:@/?#[]%`, "planted-\nä", []string{`ALTER ROLE "shop_owner" PASSWORD 'SCRAM-SHA-256$4096:`}},
	} {
		t.Run(reason, func(t *testing.T) {
			_, client, h := open(t)
			require.NoError(t, database.Ensure(t.Context(), client, c.db, "fra", addresses(c.db, c.owner, c.password)))
			require.Len(t, h.ran, 1)
			sql := h.ran[0].Stdin
			for _, want := range c.has {
				require.Contains(t, sql, want)
			}
			require.NotContains(t, sql, "planted")
			require.NotContains(t, strings.Join(h.ran[0].Cmd, " "), "planted")
		})
	}
}

func TestRolesAreFoundInTheAddressesAndMissingOnesAreNamed(t *testing.T) {
	for reason, c := range map[string]struct {
		set  secret.Set
		want []string
	}{
		"both are there":        {given, nil},
		"no secrets at all":     {secret.Set{}, []string{"postgres://shop_owner:…@shop-db.internal:5432/shop", "postgres://shop_app:…@"}},
		"one is missing":        {without(given, "DATABASE_URL"), []string{"postgres://shop_app:…@"}},
		"of another host":       {given.With("DATABASE_URL", secret.NewValue("postgres://shop_app:planted@elsewhere:5432/shop")), []string{"postgres://shop_app:…@"}},
		"without a password":    {given.With("DATABASE_URL", secret.NewValue("postgres://shop_app@shop-db.internal:5432/shop")), []string{"postgres://shop_app:…@"}},
		"one is no address":     {given.With("DATABASE_URL", secret.NewValue("http://shop_app:planted@shop-db.internal")), []string{"postgres://shop_app:…@"}},
		"the name is different": {given.With("DATABASE_URL", secret.NewValue("postgresql://other:planted@shop-db.internal/shop")), []string{"postgres://shop_app:…@"}},
	} {
		t.Run(reason, func(t *testing.T) {
			roles, err := database.Roles(shop, c.set)
			if len(c.want) == 0 {
				require.NoError(t, err)
				require.Equal(t, "planted-owner", roles[0].Password.Reveal())
				require.Equal(t, "shop_app", roles[1].Name)
				return
			}
			for _, want := range c.want {
				require.ErrorContains(t, err, want)
			}
			require.NotContains(t, err.Error(), "planted")
		})
	}
}

func TestTheDatabaseOfATestHasTheRolesAndRightsOfItsEnvironment(t *testing.T) {
	sql := database.InitialSQL(shop)
	require.Equal(t, sql, database.InitialSQL(shop))
	for _, want := range []string{
		`ALTER ROLE "shop_owner" PASSWORD 'trial'`,
		`SELECT format('CREATE DATABASE %I OWNER %I', 'shop', 'shop_owner')`,
		`REVOKE CREATE ON SCHEMA public FROM PUBLIC`,
		`ALTER DEFAULT PRIVILEGES FOR ROLE "shop_owner" GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO "shop_app"`,
	} {
		require.Contains(t, sql, want)
	}
	require.Equal(t, "postgres://shop_app:trial@db:5432/shop", database.TrialURL(shop, shop.User, "db"))
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
