package flylocal_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
	fly "github.com/superfly/fly-go"
	"github.com/superfly/fly-go/flaps"

	"github.com/renewa/pipeline/flylocal/token"
)

func TestGraphQLAnswersFitFlysSchema(t *testing.T) {
	w := open(t)
	w.againstSchema()
	app := w.app("web")
	digest := w.push("web:v1", w.fly.OrgToken(), image(t, "amd64"))
	ctx := t.Context()

	org, err := w.gql.GetOrganizationBySlug(ctx, "personal")
	require.NoError(t, err)
	require.Equal(t, "personal", org.Slug)
	orgs, err := w.gql.GetOrganizations(ctx)
	require.NoError(t, err)
	require.Len(t, orgs, 1)

	img, err := w.gql.ResolveImageForApp(ctx, app, "registry.fly.io/web:v1")
	require.NoError(t, err)
	require.Equal(t, digest, img.Digest)
	require.NotZero(t, img.CompressedSize)
	require.Equal(t, "registry.fly.io/web:v1", img.Ref)
	img, err = w.gql.ResolveImageForApp(ctx, app, "registry.fly.io/web@"+digest)
	require.NoError(t, err)
	require.Equal(t, "registry.fly.io/web@"+digest, img.Ref, "flyctl runs this reference")
	none, err := w.gql.ResolveImageForApp(ctx, app, "registry.fly.io/web:v2")
	require.NoError(t, err)
	require.Nil(t, none, "no image is no error")

	full, err := w.gql.GetApp(ctx, app)
	require.NoError(t, err)
	require.Equal(t, "web", full.Name)
	require.Equal(t, "personal", full.Organization.Slug)
	compact, err := w.gql.GetAppCompact(ctx, app)
	require.NoError(t, err)
	require.Equal(t, "machines", compact.PlatformVersion)
	apps, err := w.gql.GetApps(ctx, nil)
	require.NoError(t, err)
	require.Len(t, apps, 1)

	_, err = w.gql.SetSecrets(ctx, app, map[string]string{"A": "1"})
	require.NoError(t, err)
	secrets, err := w.gql.GetAppSecrets(ctx, app)
	require.NoError(t, err)
	require.Equal(t, "A", secrets[0].Name)
	_, err = w.gql.UnsetSecrets(ctx, app, []string{"A"})
	require.NoError(t, err)

	made, err := w.gql.CreateRelease(ctx, fly.CreateReleaseInput{AppId: app, Image: "registry.fly.io/web@" + digest, Strategy: "ROLLING", PlatformVersion: "machines", Definition: map[string]any{"app": "web"}})
	require.NoError(t, err)
	require.Equal(t, 1, made.CreateRelease.Release.Version)
	_, err = w.gql.UpdateRelease(ctx, fly.UpdateReleaseInput{ReleaseId: made.CreateRelease.Release.Id, Status: "complete"})
	require.NoError(t, err)
	list, err := w.gql.GetAppReleasesMachines(ctx, app, "", 5)
	require.NoError(t, err)
	require.Equal(t, "complete", list[0].Status)
	current, err := w.gql.GetAppCurrentReleaseMachines(ctx, app)
	require.NoError(t, err)
	require.Equal(t, 1, current.Version)
	latest, err := w.gql.LatestImage(ctx, app)
	require.NoError(t, err)
	require.Equal(t, "registry.fly.io/web@"+digest, latest)

	ip, err := w.gql.AllocateIPAddress(ctx, app, "v6", "", "", "")
	require.NoError(t, err)
	ips, err := w.gql.GetIPAddresses(ctx, app)
	require.NoError(t, err)
	require.Equal(t, ip.Address, ips[0].Address)
	shared, err := w.gql.AllocateSharedIPAddress(ctx, app)
	require.NoError(t, err)
	require.NotNil(t, shared)
	ok, err := w.gql.CanPerformBluegreenDeployment(ctx, app)
	require.NoError(t, err)
	require.True(t, ok)
	user, err := w.gql.GetCurrentUser(ctx)
	require.NoError(t, err)
	require.Equal(t, "local@localhost", user.Email)

	made2, err := w.gql.CreateApp(ctx, fly.CreateAppInput{OrganizationID: org.ID, Name: "second"})
	require.NoError(t, err)
	require.Equal(t, "second", made2.Name)
	require.NoError(t, w.gql.DeleteApp(ctx, "second"))
}

func TestGraphQLNamesItsErrors(t *testing.T) {
	w := open(t)
	_, err := w.flaps.CreateApp(t.Context(), flaps.CreateAppRequest{Name: "alien", Org: "other"})
	require.NoError(t, err)
	org := w.token(token.Token{Scope: token.Org, Org: "personal"})
	read := w.token(token.Token{Scope: token.Read, Org: "other"})
	for reason, c := range map[string]struct{ token, query, want string }{
		"an unknown field":       {org, `query Weather { weather(city: "Bern") { rain } }`, "flylocal does not know the GraphQL field weather"},
		"no such app":            {org, `{ app(name: "nobody") { id } }`, `Could not find App \"nobody\"`},
		"a foreign app":          {org, `{ app(name: "alien") { id } }`, `Could not find App \"alien\"`},
		"not a query":            {org, `{ app(`, "Expected"},
		"WireGuard":              {org, `mutation { validateWireGuardPeers(input: {}) { valid } }`, "no WireGuard"},
		"latest image":           {org, `{ latestImageDetails(image: "x") { digest } }`, "Unknown repository"},
		"a read token that sets": {read, `mutation { setSecrets(input: {appId: "alien", secrets: []}) { app { id } } }`, "Not authorized"},
	} {
		t.Run(reason, func(t *testing.T) {
			status, body := w.do("POST", "/graphql", c.token, map[string]string{"query": c.query})
			require.Equal(t, http.StatusOK, status)
			require.Contains(t, body, `"errors"`)
			require.Contains(t, body, c.want)
		})
	}
}

func TestFragmentsAndAliasesAreUnderstood(t *testing.T) {
	w := open(t)
	w.app("web")
	_, body := w.do("POST", "/graphql", w.fly.OrgToken(), map[string]any{
		"query":     `query Q($n: String! = "web") { mine: app(name: $n) { ...F organization { slug } } } fragment F on App { called: name }`,
		"variables": map[string]any{},
	})
	require.JSONEq(t, `{"data":{"mine":{"called":"web","organization":{"slug":"personal"}}}}`, body)
}
