package flylocal_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/superfly/fly-go/flaps"

	"github.com/renewa/pipeline/flylocal/token"
)

func TestAnAppComesAndGoes(t *testing.T) {
	w := open(t)
	_, err := w.flaps.GetApp(t.Context(), "web")
	require.ErrorContains(t, err, "app not found")
	made, err := w.flaps.CreateApp(t.Context(), flaps.CreateAppRequest{Name: "web", Org: "renewa"})
	require.NoError(t, err)
	require.Equal(t, "pending", made.Status)
	require.Equal(t, "renewa", made.Organization.Slug)
	require.NoError(t, w.flaps.WaitForApp(t.Context(), "web"))
	m := w.launch("web", web())
	app, err := w.flaps.GetApp(t.Context(), "web")
	require.NoError(t, err)
	require.Equal(t, "deployed", app.Status)
	require.EqualValues(t, 1, app.MachineCount)
	apps, err := w.flaps.ListApps(t.Context(), flaps.ListAppsRequest{OrgSlug: "renewa"})
	require.NoError(t, err)
	require.Len(t, apps, 1)
	require.NoError(t, w.flaps.DeleteApp(t.Context(), "web"))
	_, err = w.flaps.Get(t.Context(), "web", m.ID)
	require.ErrorContains(t, err, "app not found")
	found, err := w.fly.Scripted().Found(t.Context())
	require.NoError(t, err)
	require.Empty(t, found, "its machines are gone with it")
}

func TestAnAppIsNotMade(t *testing.T) {
	w := open(t)
	w.app("taken")
	for reason, c := range map[string]struct{ name, org, want string }{
		"the name is taken":        {"taken", "personal", "Name has already been taken"},
		"the name has bad letters": {"No_Good", "personal", "numbers, lowercase letters and dashes"},
		"no organisation":          {"web", "", "Organization can't be blank"},
	} {
		t.Run(reason, func(t *testing.T) {
			_, err := w.flaps.CreateApp(t.Context(), flaps.CreateAppRequest{Name: c.name, Org: c.org})
			require.ErrorContains(t, err, c.want)
			var refused *flaps.FlapsError
			require.ErrorAs(t, err, &refused)
			require.Equal(t, http.StatusUnprocessableEntity, refused.ResponseStatusCode)
		})
	}
}

func TestATokenIsRefusedWhereItDoesNotReach(t *testing.T) {
	w := open(t)
	w.app("web")
	_, err := w.flaps.CreateApp(t.Context(), flaps.CreateAppRequest{Name: "alien", Org: "other"})
	require.NoError(t, err)
	org := w.token(token.Token{Scope: token.Org, Org: "personal"})
	deploy := w.token(token.Token{Scope: token.Deploy, App: "web"})
	read := w.token(token.Token{Scope: token.Read, Org: "personal"})
	for reason, c := range map[string]struct {
		token, method, path string
		body                any
		want                int
		text                string
	}{
		"no token":                             {"", "GET", "/v1/apps/web", nil, 401, "send a token"},
		"a token of the real Fly":              {"FlyV1 fm2_x", "GET", "/v1/apps/web", nil, 401, "real Fly"},
		"a token of nobody":                    {"flylocal_org___00", "GET", "/v1/apps/web", nil, 401, "not made by this Fly"},
		"an app of another organisation":       {org, "GET", "/v1/apps/alien", nil, 403, "not for app alien"},
		"an app a deploy token is not for":     {deploy, "GET", "/v1/apps/alien", nil, 403, "not for app alien"},
		"a deploy token that makes an app":     {deploy, "POST", "/v1/apps", map[string]string{"name": "x", "org_slug": "personal"}, 403, "org token"},
		"an org token of another organisation": {org, "POST", "/v1/apps", map[string]string{"name": "x", "org_slug": "other"}, 403, "org token"},
		"a deploy token that deletes its app":  {deploy, "DELETE", "/v1/apps/web", nil, 403, "takes an org token"},
		"a read token that changes":            {read, "POST", "/v1/apps/web/secrets", map[string]any{}, 403, "not change it"},
		"a read token that reads":              {read, "GET", "/v1/apps/web", nil, 200, "web"},
		"a deploy token and its own app":       {deploy, "GET", "/v1/apps/web/machines", nil, 200, "[]"},
		"a deploy token that reads logs":       {deploy, "GET", "/api/v1/apps/web/logs", nil, 401, "cannot read logs"},
		"a deploy token that makes faults":     {deploy, "POST", "/_flylocal/faults", map[string]any{"status": 500}, 403, "org token"},
	} {
		t.Run(reason, func(t *testing.T) {
			status, body := w.do(c.method, c.path, c.token, c.body)
			require.Equal(t, c.want, status, body)
			require.Contains(t, body, c.text)
		})
	}
}

func TestAnUnknownRequestIsNotImplemented(t *testing.T) {
	w := open(t)
	for _, path := range []string{"/v1/apps/web/certificates", "/v2x", "/api/v1/postgres", "/anything", "/v1/apps/web/machines/x/reboot"} {
		status, body := w.do("PUT", path, w.fly.OrgToken(), nil)
		require.Equal(t, http.StatusNotImplemented, status, path)
		require.Contains(t, body, "flylocal does not know PUT "+path)
	}
}

func TestAnybodyMayAskWhetherThisIsFlylocal(t *testing.T) {
	w := open(t)
	status, body := w.do("GET", "/_flylocal", "", nil)
	require.Equal(t, http.StatusOK, status)
	require.JSONEq(t, `{"flylocal":true,"port":4280,"version":"dev"}`, body)
}
